package io.weir.management;

import io.weir.management.ManagedNode.RefusedException;
import io.weir.management.Route.Access;
import io.weir.management.Route.BodyKind;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers requests: all checks in their order, then the route's action. Runs on a virtual thread for each request. */
final class ApiHandler extends Handler.Abstract {
    private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());
    private static final int SLICE_BYTES = 64 << 10;
    private static final ByteBuffer RECONNECT = ByteBuffer.wrap("retry: 2000\n\n".getBytes(StandardCharsets.US_ASCII));

    private final Listener listener;
    private final Shared shared;

    /**
     * What belongs to one listener.
     *
     * @param requests requests by address; null for any number
     * @param origins null where there are no host names
     */
    record Listener(
            ConnectionWatch watch,
            @Nullable RateLimiter requests,
            TokenGate gate,
            @Nullable Origins origins) {}

    /** What the listeners share. */
    record Shared(
            Routes routes,
            EventSource events,
            StaticFiles files,
            Limits limits,
            Semaphore requests,
            Semaphore uploads) {}

    ApiHandler(Listener listener, Shared shared) {
        this.listener = listener;
        this.shared = shared;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        listener.watch().begin(endPoint);
        request.addIdleTimeoutListener(timeout -> false);
        Request.addCompletionListener(request, failure -> listener.watch().end(endPoint));
        try {
            Answer answer = bounded(request);
            if (answer == null) {
                stream(request, response, endPoint);
            } else {
                write(request, response, answer);
            }
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(new EofException(e)); // the caller has gone
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "answering " + request.getMethod() + " failed", e);
            callback.failed(e);
        }
        return true;
    }

    /** The answer, or null when events are asked for. */
    private @Nullable Answer bounded(Request request) throws IOException {
        if (!shared.requests().tryAcquire()) {
            return Answer.error(new ApiException(503, "too many requests at once (try again)"));
        }
        try {
            return answer(request);
        } catch (ApiException e) {
            return Answer.error(e);
        } catch (RefusedException e) {
            return Answer.error(ApiException.of(e));
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    request.getMethod() + " " + request.getHttpURI().getPath() + " failed",
                    e);
            return Answer.error(500, "a defect of weir: " + e + " (the node's log has more)", null);
        } finally {
            shared.requests().release();
        }
    }

    private @Nullable Answer answer(Request request) throws ApiException, RefusedException, IOException {
        long now = System.nanoTime();
        Object source = RateLimiter.source(request.getConnectionMetaData().getRemoteSocketAddress());
        RateLimiter rates = listener.requests();
        if (rates != null && !rates.tryTake(source, now)) {
            throw new ApiException(429, "too many requests per second from this address");
        }
        String method = request.getMethod();
        String path = Request.getPathInContext(request);
        HttpFields headers = request.getHeaders();
        Origins origins = listener.origins();
        Routes.Match match = shared.routes().find(path);
        boolean hasOwnProof = match.routes().values().stream().anyMatch(each -> each.access() == Access.OWN_PROOF);
        if (origins != null && !hasOwnProof) {
            origins.checkHost(headers.get(HttpHeader.HOST));
        }
        if (match.routes().isEmpty()) {
            return elsewhere(request, method, path, source, now);
        }
        List<String> allowed = allowed(match.routes().keySet());
        if (method.equals("OPTIONS")) {
            return Answer.empty(204).with("Allow", String.join(", ", allowed));
        }
        Route route = match.routes().get(method.equals("HEAD") ? "GET" : method);
        if (route == null) {
            return Answer.methodNotAllowed(method, path, allowed);
        }
        Origins.checkOrigin(headers, headers.get(HttpHeader.HOST));
        Map<String, String> query = query(request);
        if (route.access() == Access.TOKEN) {
            String parameter = route.isStream() ? query.get("token") : null;
            listener.gate().check(headers.get(HttpHeader.AUTHORIZATION), parameter, source, now);
        }
        for (String name : query.keySet()) {
            if (!route.parameters().contains(name)) {
                throw new ApiException(400, "unknown query parameter '" + name + "'", name);
            }
        }
        if (route.isStream() && method.equals("GET")) {
            return null;
        }
        String accept = headers.getCSV(HttpHeader.ACCEPT, false).toString();
        byte[] body = body(request, route);
        return route.action().answer(new Route.Call(match.variables(), query, accept, body));
    }

    /** The dashboard's files, and what is nowhere. */
    private Answer elsewhere(Request request, String method, String path, Object source, long now) throws ApiException {
        if (path.startsWith("/v1/")) {
            listener.gate().check(request.getHeaders().get(HttpHeader.AUTHORIZATION), null, source, now);
            throw new ApiException(404, "there is nothing at this path (see /openapi.json)");
        }
        List<String> allowed = allowed(Set.of("GET"));
        if (method.equals("OPTIONS")) {
            return Answer.empty(204).with("Allow", String.join(", ", allowed));
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return Answer.methodNotAllowed(method, path, allowed);
        }
        Optional<StaticFiles.StaticFile> found = shared.files().find(path);
        if (found.isEmpty()) {
            throw new ApiException(404, "there is nothing at this path (see /openapi.json)");
        }
        StaticFiles.StaticFile file = found.get();
        boolean isKnown =
                request.getHeaders().getValuesList(HttpHeader.IF_NONE_MATCH).contains(file.tag());
        Answer answer = isKnown ? Answer.empty(304) : Answer.of(200, file.contentType(), file.bytes());
        return answer.with("ETag", file.tag()).with("Cache-Control", "no-cache");
    }

    private static List<String> allowed(Set<String> methods) {
        Set<String> allowed = new TreeSet<>(methods);
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        allowed.add("OPTIONS");
        return new ArrayList<>(allowed);
    }

    private static Map<String, String> query(Request request) throws ApiException {
        String text = request.getHttpURI().getQuery();
        Map<String, String> query = new HashMap<>();
        if (text == null || text.isEmpty()) {
            return query;
        }
        for (String part : text.split("&", -1)) {
            int equals = part.indexOf('=');
            try {
                String name = URLDecoder.decode(equals < 0 ? part : part.substring(0, equals), StandardCharsets.UTF_8);
                String value = equals < 0 ? "" : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8);
                if (query.put(name, value) != null) {
                    throw new ApiException(400, "query parameter '" + name + "' is given twice", name);
                }
            } catch (IllegalArgumentException e) {
                throw new ApiException(400, "the query is malformed: " + e.getMessage());
            }
        }
        return query;
    }

    private byte[] body(Request request, Route route) throws ApiException, IOException {
        Limits limits = shared.limits();
        HttpFields headers = request.getHeaders();
        boolean hasBody = request.getLength() > 0 || headers.contains(HttpHeader.TRANSFER_ENCODING);
        if (hasBody && headers.contains(HttpHeader.CONTENT_ENCODING)) {
            throw new ApiException(415, "Content-Encoding is not understood (send the body as it is)");
        }
        if (route.body() == BodyKind.NONE) {
            if (hasBody) {
                throw new ApiException(400, "this request takes no body");
            }
            return new byte[0];
        }
        if (route.body() == BodyKind.JSON_OR_NONE && !hasBody) {
            return new byte[0];
        }
        String given = headers.get(HttpHeader.CONTENT_TYPE);
        String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        List<String> taken = route.body().contentTypes();
        if (!taken.isEmpty() && !taken.contains(type)) {
            throw new ApiException(415, "the body must be of Content-Type " + taken.getFirst());
        }
        if (route.body() != BodyKind.YAML) {
            return Body.read(request, limits.bodyBytes(), limits.body());
        }
        if (!shared.uploads().tryAcquire()) {
            throw new ApiException(503, "other configurations are being received (try again)");
        }
        try {
            return Body.read(request, limits.configurationBytes(), limits.body());
        } finally {
            shared.uploads().release();
        }
    }

    private static void secure(HttpFields.Mutable headers) {
        headers.put(
                "Content-Security-Policy",
                "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put("Cache-Control", "no-store");
    }

    static void write(Request request, Response response, Answer answer) throws IOException {
        response.setStatus(answer.status());
        HttpFields.Mutable headers = response.getHeaders();
        secure(headers);
        answer.headers().forEach(headers::put);
        boolean hasUnread = answer.status() >= 400 && hasUnreadBody(request);
        if (hasUnread || answer.status() == 429 || answer.status() == 503 || answer.status() == 408) {
            headers.put(HttpHeader.CONNECTION, "close");
        }
        if (answer.status() != 204 && answer.status() != 304) {
            headers.put(HttpHeader.CONTENT_TYPE, answer.contentType());
            headers.put(HttpHeader.CONTENT_LENGTH, answer.body().length);
        }
        byte[] body = request.getMethod().equals("HEAD") ? new byte[0] : answer.body();
        int at = 0;
        do {
            int length = Math.min(SLICE_BYTES, body.length - at);
            boolean isLast = at + length == body.length;
            Content.Sink.write(response, isLast, ByteBuffer.wrap(body, at, length));
            at += length;
        } while (at < body.length);
        if (hasUnread && answer.status() != 408) {
            Body.discard(request);
        }
    }

    private static boolean hasUnreadBody(Request request) {
        return request.getLength() != 0
                && (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING));
    }

    private void stream(Request request, Response response, EndPoint endPoint) throws IOException {
        EventSource.Listener events;
        try {
            events = shared.events().listen();
        } catch (ApiException e) {
            write(request, response, Answer.error(e));
            return;
        } catch (RefusedException e) {
            write(request, response, Answer.error(ApiException.of(e)));
            return;
        }
        try (events) {
            listener.watch().stream(endPoint);
            secure(response.getHeaders());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
            Content.Sink.write(response, false, RECONNECT.duplicate());
            for (byte[] event = events.take(); event != null; event = events.take()) {
                for (int at = 0; at < event.length; at += SLICE_BYTES) {
                    int length = Math.min(SLICE_BYTES, event.length - at);
                    Content.Sink.write(response, false, ByteBuffer.wrap(event, at, length));
                }
            }
            Content.Sink.write(response, true, ByteBuffer.allocate(0));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server closes", e);
        }
    }
}
