package io.weir.management;

import java.io.IOException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Gives the errors that the HTTP server itself finds the form of the API's. */
final class ErrorAnswers extends ErrorHandler {
    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback)
            throws IOException {
        ApiHandler.write(request, response, Answer.error(code, text(message), null));
        callback.succeeded();
    }

    private static String text(@Nullable String reason) {
        return reason == null ? "the request is not HTTP/1.1 as it should be" : "the request is malformed: " + reason;
    }
}
