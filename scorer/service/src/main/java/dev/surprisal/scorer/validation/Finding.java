package dev.surprisal.scorer.validation;

/**
 * What one check found.
 *
 * @param grade how bad it is
 * @param subject what was looked at
 * @param text what was found and, where something is wrong, what to do
 */
public record Finding(Grade grade, String subject, String text) {

    /** How bad a finding is. */
    public enum Grade {
        OK,
        /** It works, but not as one may wish. */
        WARNING,
        /** It does not work. */
        FAILED
    }

    static Finding ok(String subject, String text) {
        return new Finding(Grade.OK, subject, text);
    }

    static Finding warning(String subject, String text) {
        return new Finding(Grade.WARNING, subject, text);
    }

    static Finding failed(String subject, String text) {
        return new Finding(Grade.FAILED, subject, text);
    }
}
