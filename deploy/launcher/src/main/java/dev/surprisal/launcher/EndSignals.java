package dev.surprisal.launcher;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SIGINT, which Ctrl-C sends, and SIGTERM, turned into an interrupt of the current thread; a second one does what it does by default.
 *
 * <p>Unlike in a shutdown hook, everything still works while the thread ends: the native libraries, whose own hooks run at the same time, in particular.
 */
final class EndSignals implements AutoCloseable {

    private static final int BASE = 128;
    private static final List<String> NAMES = List.of("INT", "TERM");

    private final Thread worker = Thread.currentThread();
    private final Map<Object, Object> defaults = new LinkedHashMap<>();
    private volatile int received;

    /** From now on, the signals interrupt the thread. */
    void begin() {
        // By reflection, for the compiler warns of the class itself, which every JDK has nonetheless.
        try {
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    EndSignals.class.getClassLoader(), new Class<?>[] {handlerType}, this::called);
            for (String name : NAMES) {
                Object signal = Class.forName("sun.misc.Signal")
                        .getConstructor(String.class)
                        .newInstance(name);
                defaults.put(signal, handle(signal, handler));
            }
        } catch (ReflectiveOperationException e) {
            // The process keeps the signals from the JVM, by -Xrs: they end it at once.
            close();
        }
    }

    private static Object handle(Object signal, Object handler) throws ReflectiveOperationException {
        return Class.forName("sun.misc.Signal")
                .getMethod("handle", signal.getClass(), Class.forName("sun.misc.SignalHandler"))
                .invoke(null, signal, handler);
    }

    private Object called(Object handler, Method method, Object[] arguments) throws ReflectiveOperationException {
        switch (method.getName()) {
            case "handle" -> {
                received = (int) arguments[0].getClass().getMethod("getNumber").invoke(arguments[0]);
                close();
                worker.interrupt();
                return null;
            }
            case "equals" -> {
                return handler == arguments[0];
            }
            case "hashCode" -> {
                return System.identityHashCode(handler);
            }
            default -> {
                return "interrupts " + worker;
            }
        }
    }

    /** The exit status of a command with some status: that of the signal if one ended it. */
    int status(int ofCommand) {
        return ofCommand == Commands.INTERRUPTED && received != 0 ? BASE + received : ofCommand;
    }

    /** The signals do again what they did before. */
    @Override
    public synchronized void close() {
        defaults.forEach((signal, handler) -> {
            try {
                handle(signal, handler);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a signal cannot be given back", e);
            }
        });
        defaults.clear();
    }
}
