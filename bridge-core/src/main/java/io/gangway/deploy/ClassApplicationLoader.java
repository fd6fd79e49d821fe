package io.gangway.deploy;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.util.stream.Collectors.joining;

import io.gangway.asgi.AsgiApplication;
import io.gangway.wsgi.GatewayApplication;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads {@code class:com.acme.Hello}: a public Java class with a public constructor without parameters. */
final class ClassApplicationLoader implements ApplicationLoader {
    /** Maximum number of jars and folders in a message: a web application's library folder may hold hundreds of jars. */
    private static final int MAX_PLACES_SHOWN = 8;

    @Override
    public String name() {
        return "class";
    }

    @Override
    public String example() {
        return "class:com.acme.Hello";
    }

    @Override
    public LoadedApplication load(String name, LoadContext context) {
        Class<?> found = find(name, context.classLoader());
        boolean isAsgi = AsgiApplication.class.isAssignableFrom(found);
        boolean isWsgi = GatewayApplication.class.isAssignableFrom(found);
        if (isAsgi && isWsgi) {
            throw problem(
                    name,
                    "it implements both " + GatewayApplication.class.getName() + " and "
                            + AsgiApplication.class.getName(),
                    "write a class for each");
        }
        if (isAsgi) {
            return LoadedApplication.of((AsgiApplication) make(found), context.settings());
        }
        if (isWsgi) {
            return LoadedApplication.of((GatewayApplication) make(found));
        }
        throw wrongType(found);
    }

    private static Class<?> find(String name, ClassLoader classLoader) {
        try {
            return Class.forName(name, false, classLoader);
        } catch (ClassNotFoundException e) {
            throw problem(
                    name,
                    "there is no such class in " + searched(classLoader),
                    near(name, classLoader)
                            .map(near -> "write class:" + near)
                            .orElse("check the name, package included, and that its jar or folder is deployed"));
        } catch (LinkageError e) {
            throw unlinked(name, e);
        }
    }

    private static Object make(Class<?> found) {
        String name = found.getName();
        if (Modifier.isAbstract(found.getModifiers())) {
            throw problem(name, "it is abstract, or an interface", "name a class that can be instantiated");
        }
        try {
            Constructor<?> constructor = found.getConstructor();
            return constructor.newInstance();
        } catch (NoSuchMethodException e) {
            throw problem(
                    name,
                    "it has no public constructor without parameters",
                    isInner(found) ? "make the nested class static" : "add such a constructor");
        } catch (IllegalAccessException e) {
            throw problem(
                    name,
                    "Gangway may not instantiate it",
                    "make the class public; in a named module, open or export its package");
        } catch (InvocationTargetException e) {
            throw thrown(name, "its constructor threw ", e.getCause() == null ? e : e.getCause());
        } catch (ExceptionInInitializerError e) {
            throw thrown(name, "its static initializer threw ", e.getCause() == null ? e : e.getCause());
        } catch (LinkageError e) {
            throw unlinked(name, e);
        } catch (InstantiationException e) {
            throw new IllegalStateException(name + " is not abstract, but cannot be instantiated", e);
        }
    }

    private static DeploymentException wrongType(Class<?> found) {
        Set<String> expected = Set.of(GatewayApplication.class.getName(), AsgiApplication.class.getName());
        return interfacesOf(found).stream()
                .map(Class::getName)
                .filter(expected::contains)
                .findFirst()
                .map(other -> problem(
                        found.getName(),
                        "it implements " + other + " from another copy of Gangway",
                        "keep one copy of Gangway's jars: in the web application or in the container, not in both"))
                .orElseGet(() -> problem(
                        found.getName(),
                        "it implements neither " + GatewayApplication.class.getName() + " nor "
                                + AsgiApplication.class.getName(),
                        "let it implement one of these interfaces, or name a class that does"));
    }

    private static Set<Class<?>> interfacesOf(@Nullable Class<?> type) {
        Set<Class<?>> interfaces = new LinkedHashSet<>();
        if (type != null) {
            interfaces.addAll(interfacesOf(type.getSuperclass()));
            for (Class<?> each : type.getInterfaces()) {
                interfaces.add(each);
                interfaces.addAll(interfacesOf(each));
            }
        }
        return interfaces;
    }

    private static boolean isInner(Class<?> found) {
        return found.isMemberClass() && !Modifier.isStatic(found.getModifiers());
    }

    /** Tries the usual mistakes: a path instead of a name, and a dot before the name of a nested class. */
    private static Optional<String> near(String name, ClassLoader classLoader) {
        String candidate = name.replaceFirst("\\.(class|java)$", "").replace('/', '.');
        while (true) {
            if (exists(candidate, classLoader)) {
                return Optional.of(candidate);
            }
            int dot = candidate.lastIndexOf('.');
            if (dot < 0) {
                return Optional.empty();
            }
            candidate = candidate.substring(0, dot) + "$" + candidate.substring(dot + 1);
        }
    }

    private static boolean exists(String name, ClassLoader classLoader) {
        try {
            Class.forName(name, false, classLoader);
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    private static String searched(ClassLoader classLoader) {
        if (classLoader instanceof URLClassLoader urls && urls.getURLs().length > 0) {
            int more = urls.getURLs().length - MAX_PLACES_SHOWN;
            return Arrays.stream(urls.getURLs())
                            .limit(MAX_PLACES_SHOWN)
                            .map(String::valueOf)
                            .collect(joining(", "))
                    + (more > 0 ? " and " + more + " more places" : "");
        }
        return classLoader == ClassLoader.getSystemClassLoader()
                ? "the class path " + quote(System.getProperty("java.class.path", ""))
                : "the classes of " + quote(classLoader.toString());
    }

    private static DeploymentException unlinked(String name, LinkageError error) {
        return new DeploymentException(
                message(
                        name,
                        "the class was found but cannot be used: " + quote(String.valueOf(error)),
                        "deploy the classes that it needs, compiled for this Java version, and write its name as it is declared"),
                error);
    }

    private static DeploymentException thrown(String name, String what, Throwable cause) {
        return new DeploymentException(
                message(name, what + quote(String.valueOf(cause)), "correct the code that the stack trace shows"),
                cause);
    }

    private static DeploymentException problem(String name, String what, String fix) {
        return DeploymentException.noSuchApplication(message(name, what, fix));
    }

    private static String message(String name, String what, String fix) {
        return "gangway.application: class:" + quote(name) + " cannot be loaded: " + what + ". Fix: " + fix;
    }
}
