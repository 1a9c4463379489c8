package io.carafe.engine.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Makes calls: through the caller's proxies, again when something went wrong that passes, and along
/// redirects, on which a credential stays behind as soon as the server is another one.
///
/// HTTP/1.1 only: a connection for each layer brings bytes faster than one for all of them.
final class Http implements AutoCloseable {
    private static final int REDIRECTS_MAX = 5;
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final long SLOWEST = 50_000; // bytes a second that an upload has to make
    private static final String AUTHORIZATION = "Authorization";

    private final Proxies proxies;
    private final Trust trust;
    private final Backoff backoff;
    private final Stall stall;
    private final String agent;
    private @Nullable HttpClient verifying;
    private @Nullable HttpClient trusting; // for plain HTTP too

    /// @param agent `carafe/VERSION`
    Http(Proxies proxies, Trust trust, Backoff backoff, Duration stalled, String agent) {
        this.proxies = proxies;
        this.trust = trust;
        this.backoff = backoff;
        this.stall = new Stall(stalled);
        this.agent = agent;
    }

    /// Makes a call, and again as long as it is worth it.
    ///
    /// @param verified whether the server has to prove that it is the one that was asked for
    /// @return whatever was answered at last; the caller closes it
    Answer send(Call call, boolean verified) throws IOException {
        for (int made = 1; ; made++) {
            Optional<Duration> wait;
            try {
                Answer answer = redirected(call, verified);
                if (!Backoff.passes(answer.status()) || !call.isRepeatable()) {
                    return answer;
                }
                wait = wait(made, answer.header("Retry-After"));
                if (wait.isEmpty()) {
                    return answer;
                }
                answer.close();
            } catch (IOException e) {
                wait = call.isRepeatable() && passes(e) ? wait(made, "") : Optional.empty();
                if (wait.isEmpty()) {
                    throw e;
                }
            }
            sleep(wait.get());
        }
    }

    Optional<Duration> wait(int made, String retryAfter) {
        return backoff.before(
                made, retryAfter, Instant.now(), ThreadLocalRandom.current().nextDouble());
    }

    static void sleep(Duration wait) throws IOException {
        try {
            Thread.sleep(wait);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /// A server that isn't there, a name that nobody knows and a certificate that is wrong stay so.
    static boolean passes(IOException e) {
        return !(e instanceof InterruptedIOException
                || e instanceof ConnectException
                || e instanceof UnknownHostException
                || e instanceof SSLException
                || e instanceof RegistryFault);
    }

    private Answer redirected(Call first, boolean verified) throws IOException {
        Call call = first;
        for (int followed = 0; ; followed++) {
            Answer answer = once(call, verified);
            String location = answer.header("Location");
            if (!isRedirect(answer.status()) || location.isEmpty() || !call.isRead()) {
                return answer;
            }
            answer.close();
            if (followed == REDIRECTS_MAX) {
                throw new IOException(first + ": more than " + REDIRECTS_MAX + " redirects");
            }
            call = to(location, call);
        }
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static Call to(String location, Call call) throws IOException {
        URI target = resolve(call.uri(), location);
        if (call.uri().getScheme().equals("https") && !target.getScheme().equals("https")) {
            throw new IOException(call + ": a redirect from https to " + target.getScheme() + "://" + target.getHost());
        }
        boolean same = Origin.of(target).equals(Origin.of(call.uri()));
        return same ? call.at(target) : call.at(target).without(AUTHORIZATION);
    }

    /// What a `Location` means.
    ///
    /// @throws IOException if it is nothing that can be asked
    static URI resolve(URI base, String location) throws IOException {
        try {
            URI target = base.resolve(location);
            if (target.getHost() != null && ("http".equals(target.getScheme()) || "https".equals(target.getScheme()))) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw new IOException(base.getRawAuthority() + ": a location that is none: " + RegistryFault.safe(location));
    }

    private Answer once(Call call, boolean verified) throws IOException {
        HttpRequest request = request(call);
        try {
            HttpResponse<InputStream> response =
                    client(call.uri(), verified).send(request, BodyHandlers.ofInputStream());
            return new Answer(call, call.uri(), response.statusCode(), response.headers(), body(call, response));
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (SSLHandshakeException e) {
            throw new SSLHandshakeException(call + ": " + e.getMessage()
                    + "; a certificate authority of one's own is named by \"ca\" in registries.json");
        } catch (ConnectException e) {
            throw unreachable(call, e);
        } catch (IOException e) {
            if (e instanceof SSLException && String.valueOf(e.getMessage()).contains("Unsupported or unrecognized")) {
                throw new NotTls(call.uri());
            }
            throw e instanceof SSLException ? e : new IOException(call + ": " + reason(e), e);
        }
    }

    private InputStream body(Call call, HttpResponse<InputStream> response) throws IOException {
        @Nullable InputStream body = response.body(); // null if a proxy has refused: nobody says so
        if (body != null && !call.method().equals("HEAD") && response.statusCode() != 204) {
            return stall.guard(body);
        }
        if (body != null) {
            body.close();
        }
        return new ByteArrayInputStream(new byte[0]);
    }

    /// What java.net.http says of a connection that somebody has closed names its parser.
    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("received no bytes") || message.contains("EOF reached")
                ? "the connection was closed"
                : message;
    }

    private static IOException unreachable(Call call, ConnectException e) {
        String where = call.uri().getRawAuthority();
        if (isUnknown(e)) {
            var unknown = new UnknownHostException("nobody knows the host " + where + ", or no name server answers");
            unknown.initCause(e);
            return unknown;
        }
        String message = e.getMessage() == null ? "it doesn't answer" : e.getMessage();
        var refused = new ConnectException("connect to " + where + ": " + message);
        refused.initCause(e);
        return refused;
    }

    private static boolean isUnknown(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    private HttpRequest request(Call call) throws IOException {
        var request = HttpRequest.newBuilder(call.uri()).header("User-Agent", agent);
        call.headers().forEach(request::header);
        Call.Body body = call.body();
        request.timeout(body == null ? ANSWER : ANSWER.plusSeconds(body.length() / SLOWEST));
        request.method(call.method(), body == null ? BodyPublishers.noBody() : publisher(body));
        proxies.of(call.uri())
                .filter(proxy -> !proxy.authorization().isEmpty())
                .ifPresent(proxy -> request.header("Proxy-Authorization", proxy.authorization()));
        return request.build();
    }

    private static BodyPublisher publisher(Call.Body body) throws IOException {
        InputStream content = body.content().open();
        BodyPublisher stream = BodyPublishers.ofInputStream(() -> content);
        return body.length() == 0 ? BodyPublishers.noBody() : BodyPublishers.fromPublisher(stream, body.length());
    }

    /// Reading all authorities takes a tenth of a second: not for plain HTTP.
    private synchronized HttpClient client(URI uri, boolean verified) throws IOException {
        boolean strict = verified && "https".equals(uri.getScheme());
        HttpClient known = strict ? verifying : trusting;
        if (known != null) {
            return known;
        }
        HttpClient made = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .proxy(new Selector(proxies))
                .sslContext(trust.context(strict))
                .build();
        if (strict) {
            verifying = made;
        } else {
            trusting = made;
        }
        return made;
    }

    static InterruptedIOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        var stopped = new InterruptedIOException("it was stopped");
        stopped.initCause(e);
        return stopped;
    }

    @Override
    public synchronized void close() {
        if (verifying != null) {
            verifying.shutdownNow();
        }
        if (trusting != null) {
            trusting.shutdownNow();
        }
    }

    /// What was asked for by TLS speaks something else: plain HTTP, most likely.
    static final class NotTls extends SSLException {
        private static final long serialVersionUID = 1;

        NotTls(URI uri) {
            super(uri.getRawAuthority()
                    + " doesn't speak TLS; if it is a registry without it, and the way to it is safe,"
                    + " say so in registries.json or by --tls-verify=false");
        }
    }

    private static final class Selector extends ProxySelector {
        private final Proxies proxies;

        Selector(Proxies proxies) {
            this.proxies = proxies;
        }

        @Override
        public List<java.net.Proxy> select(URI uri) {
            return List.of(proxies.of(uri)
                    .map(it -> new java.net.Proxy(java.net.Proxy.Type.HTTP, it.address()))
                    .orElse(java.net.Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException e) {}
    }
}
