package io.gangway.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** The hello workload by hand. Public, and without other classes than {@link Answers}, so that a WAR can have it too. */
public final class HelloServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Made by a container. */
    public HelloServlet() {}

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType(Answers.TEXT);
        response.setContentLength(Answers.HELLO.length);
        response.setHeader("Server", Answers.SERVER);
        response.getOutputStream().write(Answers.HELLO);
    }
}
