package dev.surprisal.schemas.record;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Reads record specs from YAML files. */
public final class SpecFile {

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SpecFile() {}

    /**
     * Reads a spec.
     *
     * @throws SpecException naming the file, the line and what is wrong
     */
    public static RecordSpec read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException e) {
            throw new SpecException(file + ": there is no such file; `describe` writes a spec from a data file", e);
        } catch (CharacterCodingException e) {
            throw new SpecException(file + ": not text in UTF-8", e);
        } catch (IOException e) {
            throw new SpecException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a spec from YAML text; the source names it in errors. */
    public static RecordSpec parse(String yaml, String source) {
        try {
            RecordSpec spec = YAML.readValue(yaml, RecordSpec.class);
            if (spec == null) {
                throw new SpecException(source + ": the file is empty");
            }
            return spec;
        } catch (ValueInstantiationException e) {
            if (e.getCause() instanceof SpecException cause) {
                throw new SpecException(place(source, e) + cause.getMessage(), e);
            }
            throw new SpecException(place(source, e) + e.getOriginalMessage(), e);
        } catch (UnrecognizedPropertyException e) {
            String known = e.getKnownPropertyIds().stream()
                    .map(Object::toString)
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw new SpecException(
                    place(source, e) + "unknown key '" + e.getPropertyName() + "'; known here are " + known, e);
        } catch (InvalidFormatException e) {
            throw new SpecException(place(source, e) + invalid(e), e);
        } catch (JacksonException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new SpecException(place(source, e) + "not a record spec: " + problem, e);
        }
    }

    private static String invalid(InvalidFormatException e) {
        String key = e.getPath().isEmpty()
                ? ""
                : e.getPath().get(e.getPath().size() - 1).getFieldName();
        String wanted = e.getTargetType().isEnum()
                ? Arrays.stream(e.getTargetType().getEnumConstants())
                        .map(constant ->
                                constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.joining(", "))
                : e.getTargetType().getSimpleName().toLowerCase(Locale.ROOT);
        return "'" + e.getValue() + "' is no value of '" + key + "'; use " + wanted;
    }

    /** The file and, where the parser knows it, the line. */
    private static String place(String source, JacksonException e) {
        String line = e.getLocation() == null ? "" : " line " + e.getLocation().getLineNr();
        String field = "";
        if (e instanceof JsonMappingException mapping) {
            field = mapping.getPath().stream()
                    .filter(reference -> reference.getIndex() >= 0)
                    .map(reference -> ", field number " + (reference.getIndex() + 1))
                    .findFirst()
                    .orElse("");
        }
        return source + line + field + ": ";
    }
}
