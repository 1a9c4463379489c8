package io.carafe.engine.registry;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Which certificate authorities prove who a server is: the machine's, where the JDK brings its own, which
/// don't have those that an administrator has added.
///
/// @param files PEM files, each with certificates; none for the JDK's own authorities
record Trust(List<Path> files) {
    /// Where Linux distributions keep them; the first that is there counts (Go's crypto/x509 has the same list).
    private static final List<String> BUNDLES = List.of(
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/ca-bundle.pem",
            "/etc/pki/tls/cacert.pem",
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
            "/etc/ssl/cert.pem");
    private static final int FILE_MAX = 8 << 20;

    Trust {
        files = List.copyOf(files);
    }

    /// @param own files of authorities beside the machine's
    static Trust of(Map<String, String> environment, List<Path> own) {
        var files = new ArrayList<Path>();
        String named = environment.getOrDefault("SSL_CERT_FILE", "");
        if (!named.isEmpty()) {
            files.add(Path.of(named));
        } else {
            BUNDLES.stream().map(Path::of).filter(Files::isReadable).findFirst().ifPresent(files::add);
        }
        files.addAll(own);
        return new Trust(files);
    }

    SSLContext context(boolean verified) throws IOException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, verified ? managers() : new TrustManager[] {new Everybody()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("read the certificate authorities " + files + ": " + e.getMessage(), e);
        }
    }

    private TrustManager[] managers() throws GeneralSecurityException, IOException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(files.isEmpty() ? null : store());
        return factory.getTrustManagers();
    }

    private KeyStore store() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        var certificates = CertificateFactory.getInstance("X.509");
        int number = 0;
        for (Path file : files) {
            if (Files.size(file) > FILE_MAX) {
                throw new IOException(file + ": larger than " + FILE_MAX + " bytes");
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                for (Certificate certificate : certificates.generateCertificates(in)) {
                    store.setCertificateEntry("ca-" + number++, certificate);
                }
            }
        }
        return store;
    }

    /// Believes everybody, as `--tls-verify=false` asks for. An extended one: of others the JDK still checks
    /// the name.
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
