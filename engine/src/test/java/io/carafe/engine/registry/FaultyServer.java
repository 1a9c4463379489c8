package io.carafe.engine.registry;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.carafe.engine.image.Descriptor;
import io.carafe.engine.image.MediaTypes;
import io.carafe.engine.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A registry behind real HTTP that keeps everything in memory, and does wrong what a test tells it to.
final class FaultyServer implements AutoCloseable {
    /// What is done instead of an answer, once: by the first call whose `METHOD path` contains the text.
    record Fault(String call, Wrong wrong) {}

    interface Wrong {
        void on(HttpExchange exchange) throws IOException;
    }

    static final class Manifest {
        private final String type;
        private final byte[] bytes;

        Manifest(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
        }
    }

    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, Manifest> manifests = new ConcurrentHashMap<>();
    final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    final List<Fault> faults = Collections.synchronizedList(new ArrayList<>());
    /// `METHOD path authorization range`, as they came.
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    /// Basic authorization that is wanted, "" for none.
    volatile String wanted = "";
    /// Where tokens are, "" for none: then each needs one.
    volatile String realm = "";
    volatile String token = "token-1";
    /// It answers a range with the whole.
    volatile boolean knowsRanges = true;
    volatile boolean mounts = true;
    /// Bytes of a PATCH after which the connection breaks, once.
    volatile int patchBreaksAfter = -1;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    FaultyServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    Descriptor blob(byte[] bytes) {
        Digest digest = Digest.ofContent(bytes);
        blobs.put(digest.toString(), bytes);
        return new Descriptor(MediaTypes.LAYER, digest, bytes.length);
    }

    Digest manifest(String tag, String type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.ofContent(bytes);
        manifests.put(tag, new Manifest(type, bytes));
        manifests.put(digest.toString(), new Manifest(type, bytes));
        return digest;
    }

    /// The next call like that gets this status.
    void fail(String call, int status, String... headers) {
        faults.add(new Fault(call, exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            answer(exchange, status, "{\"errors\":[{\"code\":\"UNAVAILABLE\",\"message\":\"not now\"}]}");
        }));
    }

    /// The next call like that gets so many bytes of its blob, and then the connection is closed.
    void cut(String call, int bytes) {
        faults.add(new Fault(call, exchange -> {
            byte[] blob = blobs.get(last(exchange));
            int from = from(exchange);
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (blob.length - 1) + "/" + blob.length);
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, blob.length - from);
            exchange.getResponseBody().write(blob, from, bytes);
            exchange.getResponseBody().flush();
        }));
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        Headers headers = exchange.getRequestHeaders();
        calls.add((exchange.getRequestMethod() + " " + path + " "
                        + headers.getOrDefault("Authorization", List.of("")).getFirst() + " "
                        + headers.getOrDefault("Range", List.of("")).getFirst())
                .strip());
        try (exchange) {
            Wrong wrong = fault(exchange.getRequestMethod() + " " + path);
            if (wrong != null) {
                wrong.on(exchange);
            } else if (path.startsWith("/token")) {
                answer(exchange, 200, "{\"token\":\"" + token + "\",\"expires_in\":300}");
            } else if (isAllowed(exchange)) {
                answer(exchange, path.replaceFirst("\\?.*", ""));
            }
        }
    }

    private Wrong fault(String call) {
        synchronized (faults) {
            for (Iterator<Fault> all = faults.iterator(); all.hasNext(); ) {
                Fault fault = all.next();
                if (call.contains(fault.call())) {
                    all.remove();
                    return fault.wrong();
                }
            }
        }
        return null;
    }

    private boolean isAllowed(HttpExchange exchange) throws IOException {
        String given = exchange.getRequestHeaders()
                .getOrDefault("Authorization", List.of(""))
                .getFirst();
        boolean fine = realm.isEmpty() ? wanted.isEmpty() || given.equals(wanted) : given.equals("Bearer " + token);
        if (!fine) {
            String challenge = realm.isEmpty()
                    ? "Basic realm=\"test\""
                    : "Bearer realm=\"" + realm + "\",service=\"test\",scope=\"what it likes\"";
            exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
            answer(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"who are you\"}]}");
        }
        return fine;
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        String method = exchange.getRequestMethod();
        if (path.equals("/v2/")) {
            answer(exchange, 200, "{}");
        } else if (path.contains("/blobs/uploads/")) {
            upload(exchange, path);
        } else if (path.contains("/blobs/")) {
            blob(exchange, blobs.get(last(exchange)));
        } else if (path.contains("/manifests/") && method.equals("PUT")) {
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            manifests.put(last(exchange), new Manifest(type, bytes));
            exchange.getResponseHeaders()
                    .add("Docker-Content-Digest", Digest.ofContent(bytes).toString());
            answer(exchange, 201, "");
        } else if (path.contains("/manifests/") && manifests.containsKey(last(exchange))) {
            Manifest manifest = manifests.get(last(exchange));
            exchange.getResponseHeaders().add("Content-Type", manifest.type);
            bytes(exchange, 200, manifest.bytes);
        } else if (path.endsWith("/tags/list")) {
            tags(exchange);
        } else {
            answer(exchange, 404, "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}");
        }
    }

    /// Two on a page.
    private void tags(HttpExchange exchange) throws IOException {
        List<String> tags = manifests.keySet().stream()
                .filter(it -> !it.contains(":"))
                .sorted()
                .toList();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        int from = query.startsWith("from=") ? Integer.parseInt(query.substring(5)) : 0;
        List<String> page = tags.subList(from, Math.min(from + 2, tags.size()));
        if (from + 2 < tags.size()) {
            exchange.getResponseHeaders().add("Link", "</v2/a/tags/list?from=" + (from + 2) + ">; rel=\"next\"");
        }
        answer(
                exchange,
                200,
                "{\"name\":\"a\",\"tags\":["
                        + String.join(
                                ",", page.stream().map(it -> "\"" + it + "\"").toList()) + "]}");
    }

    private void blob(HttpExchange exchange, byte[] blob) throws IOException {
        if (blob == null) {
            answer(exchange, 404, "");
            return;
        }
        int from = knowsRanges ? from(exchange) : 0;
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add("Content-Range", "bytes " + from + "-" + (blob.length - 1) + "/" + blob.length);
        }
        bytes(exchange, from > 0 ? 206 : 200, Arrays.copyOfRange(blob, from, blob.length));
    }

    private static int from(HttpExchange exchange) {
        Matcher range = Pattern.compile("bytes=([0-9]+)-")
                .matcher(exchange.getRequestHeaders()
                        .getOrDefault("Range", List.of(""))
                        .getFirst());
        return range.matches() ? Integer.parseInt(range.group(1)) : 0;
    }

    private void upload(HttpExchange exchange, String path) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        Matcher digest =
                Pattern.compile("(?:mount|digest)=(sha256:[0-9a-f]{64}).*").matcher(query);
        boolean named = digest.lookingAt();
        switch (exchange.getRequestMethod()) {
            case "POST" -> {
                if (named && mounts && blobs.containsKey(digest.group(1))) {
                    answer(exchange, 201, "");
                    return;
                }
                String id = "u" + uploads.size();
                uploads.put(id, new ByteArrayOutputStream());
                accepted(exchange, path.replaceFirst("/uploads/.*", "/uploads/") + id, 202);
            }
            case "PATCH" -> {
                var upload = uploads.get(last(exchange));
                InputStream body = exchange.getRequestBody();
                if (patchBreaksAfter >= 0) {
                    upload.write(body.readNBytes(patchBreaksAfter));
                    patchBreaksAfter = -1;
                    return; // closed without an answer
                }
                body.transferTo(upload);
                accepted(exchange, path, 202);
            }
            case "GET" -> accepted(exchange, path, 204);
            default -> {
                var upload = uploads.get(last(exchange));
                exchange.getRequestBody().transferTo(upload);
                Digest got = Digest.ofContent(upload.toByteArray());
                if (named && got.toString().equals(digest.group(1))) {
                    blobs.put(got.toString(), upload.toByteArray());
                    answer(exchange, 201, "");
                } else {
                    answer(exchange, 400, "{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"wrong digest\"}]}");
                }
            }
        }
    }

    private void accepted(HttpExchange exchange, String path, int status) throws IOException {
        int has = uploads.get(path.substring(path.lastIndexOf('/') + 1)).size();
        exchange.getResponseHeaders().add("Location", path);
        exchange.getResponseHeaders().add("Range", "0-" + Math.max(0, has - 1));
        exchange.sendResponseHeaders(status, -1);
    }

    private static String last(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static void answer(HttpExchange exchange, int status, String text) throws IOException {
        bytes(exchange, status, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        boolean empty = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(bytes.length));
        }
        exchange.sendResponseHeaders(status, empty ? -1 : bytes.length);
        if (!empty) {
            try (OutputStream body = exchange.getResponseBody()) {
                body.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
