package dev.surprisal.scorer.access;

import dev.surprisal.schemas.SurprisalException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The tokens that are good for something. */
public final class ApiTokens {

    public static final ApiTokens NONE = new ApiTokens(List.of());

    private static final int MOST = 1_000;
    private static final int LONGEST = 200;

    private final List<ApiToken> all;

    ApiTokens(List<ApiToken> all) {
        this.all = List.copyOf(all);
    }

    /**
     * Reads a file of tokens, one a line; what follows a # at the beginning of a line is a comment.
     *
     * @throws SurprisalException naming the file and the line at fault
     */
    public static ApiTokens read(Path file) {
        List<ApiToken> tokens = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            if (!line.isBlank() && !line.startsWith("#")) {
                ApiToken token = ApiToken.parse(line, file + ", line " + number);
                if (!names.add(token.name())) {
                    throw new SurprisalException(
                            file + ", line " + number + ": there are two tokens of the name '" + token.name() + "'");
                }
                tokens.add(token);
            }
        }
        if (tokens.isEmpty()) {
            throw new SurprisalException(
                    file + ": there is no token in it; `surprisal token NAME --scope read` makes one");
        }
        if (tokens.size() > MOST) {
            throw new SurprisalException(file + ": there are more than " + MOST + " tokens in it");
        }
        return new ApiTokens(tokens);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new SurprisalException(file + ": there is no such file of tokens", e);
        } catch (IOException e) {
            throw new SurprisalException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** What is known of a token that somebody shows. It is compared with all of them, whichever it is. */
    Optional<ApiToken> find(String shown) {
        if (shown.length() > LONGEST) {
            return Optional.empty();
        }
        byte[] hash = ApiToken.hash(shown);
        ApiToken found = null;
        for (ApiToken token : all) {
            if (token.hasHash(hash)) {
                found = token;
            }
        }
        return Optional.ofNullable(found);
    }
}
