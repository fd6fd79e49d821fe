package io.gangway.bench;

import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;

/** Interfaces of a container that know nothing: every answer is null, zero, false or empty. */
final class Stubs {
    private static final Map<Class<?>, Object> NOTHING = Map.of(
            boolean.class, false, int.class, 0, long.class, 0L, Enumeration.class, Collections.emptyEnumeration());

    private Stubs() {}

    /** A configuration without a single parameter, of a servlet in the root context. */
    static ServletConfig servletConfig() {
        ServletContext context = servletContext();
        return stub(
                ServletConfig.class,
                (proxy, method, arguments) -> method.getReturnType() == ServletContext.class
                        ? context
                        : method.getReturnType() == String.class
                                        && method.getName().equals("getServletName")
                                ? "bench"
                                : NOTHING.get(method.getReturnType()));
    }

    static ServletContext servletContext() {
        return stub(
                ServletContext.class,
                (proxy, method, arguments) ->
                        method.getName().equals("getContextPath") ? "" : NOTHING.get(method.getReturnType()));
    }

    /** An interface of which nothing may be called. */
    static <T> T untouched(Class<T> type) {
        return stub(type, (proxy, method, arguments) -> {
            throw new UnsupportedOperationException("the benchmark's stub has no " + method);
        });
    }

    private static <T> T stub(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
