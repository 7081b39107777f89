package io.weir.management;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the bodies of requests, bounded in length and time. */
final class Body {
    private static final int DISCARD_BYTES = 1 << 20;
    private static final Duration DISCARD_TIME = Duration.ofSeconds(1);
    private static final int FIRST_BYTES = 1024;

    private Body() {}

    /** The whole body; 413 when it is longer than the limit, 408 when it takes longer than the time. */
    static byte[] read(Request request, int limit, Duration time) throws ApiException, IOException {
        long announced = request.getLength();
        if (announced > limit) {
            throw tooLarge(announced + " bytes", limit);
        }
        long deadlineNs = System.nanoTime() + time.toNanos();
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(announced > 0 ? Math.toIntExact(announced) : FIRST_BYTES);
        while (true) {
            Content.Chunk chunk = next(request, deadlineNs);
            if (chunk == null) {
                throw new ApiException(
                        408,
                        "the body did not come within " + time.toSeconds() + " s (" + bytes.size() + " bytes came)");
            }
            boolean isLast = chunk.isLast();
            try {
                if (Content.Chunk.isFailure(chunk)) {
                    throw new ApiException(400, "the body ended early or is malformed");
                }
                ByteBuffer buffer = chunk.getByteBuffer();
                if (bytes.size() + buffer.remaining() > limit) {
                    throw tooLarge("more", limit);
                }
                byte[] part = new byte[buffer.remaining()];
                buffer.get(part);
                bytes.write(part);
            } finally {
                chunk.release();
            }
            if (isLast) {
                return bytes.toByteArray();
            }
        }
    }

    private static ApiException tooLarge(String length, int limit) {
        return new ApiException(413, "the body is too long: " + length + ", at most " + limit + " bytes are taken");
    }

    /** The next chunk, or null when none came until then. */
    private static Content.@org.jspecify.annotations.Nullable Chunk next(Request request, long deadlineNs)
            throws IOException {
        Semaphore arrived = new Semaphore(0);
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk != null) {
                return chunk;
            }
            request.demand(arrived::release);
            try {
                if (!arrived.tryAcquire(deadlineNs - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a body was read", e);
            }
        }
    }

    /**
     * Reads on for a while after an answer that did not wait for the body: closing a socket with unread bytes resets it,
     * and the caller might lose the answer.
     */
    static void discard(Request request) throws IOException {
        if (request.getHeaders().contains(HttpHeader.EXPECT)) {
            return;
        }
        long deadlineNs = System.nanoTime() + DISCARD_TIME.toNanos();
        long bytes = 0;
        while (bytes < DISCARD_BYTES) {
            Content.Chunk chunk = next(request, deadlineNs);
            if (chunk == null || Content.Chunk.isFailure(chunk)) {
                return;
            }
            bytes += chunk.remaining();
            boolean isLast = chunk.isLast();
            chunk.release();
            if (isLast) {
                return;
            }
        }
    }
}
