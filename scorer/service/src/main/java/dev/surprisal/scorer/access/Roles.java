package dev.surprisal.scorer.access;

/** The scopes as Micronaut's roles, for annotations of routes. */
public final class Roles {

    public static final String READ = Scope.PREFIX + "read";
    public static final String OPERATE = Scope.PREFIX + "operate";
    public static final String ADMIN = Scope.PREFIX + "admin";

    private Roles() {}
}
