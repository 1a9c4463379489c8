import org.jspecify.annotations.NullMarked;

/// The engine behind `carafe` and `carafe-runtime`. Nothing is exported: nobody compiles against it.
@NullMarked
module io.carafe.engine {
    requires static org.jspecify;
    requires com.github.luben.zstd_jni;
    requires io.avaje.jsonb;
    requires io.carafe.sandbox;
    requires java.net.http;
    requires jdk.net;
}
