package io.gangway.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The workloads as plain servlets: what they are compared with. */
final class HandWritten {
    private HandWritten() {}

    static HttpServlet of(Workload workload) {
        return switch (workload) {
            case HELLO -> new HelloServlet();
            case HEADERS -> new Headers();
            case BODY1M -> new Megabyte();
        };
    }

    private static void answer(HttpServletResponse response, String type, byte[] body) throws IOException {
        response.setContentType(type);
        response.setContentLength(body.length);
        response.setHeader("Server", Answers.SERVER);
        response.getOutputStream().write(body);
    }

    private static final class Headers extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            for (String name : Answers.READ) {
                if (request.getHeader(name) == null) {
                    response.sendError(HttpServletResponse.SC_BAD_REQUEST);
                    return;
                }
            }
            answer(response, Answers.TEXT, Answers.HELLO);
        }
    }

    private static final class Megabyte extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            answer(response, Answers.BINARY, Answers.MEGABYTE);
        }
    }
}
