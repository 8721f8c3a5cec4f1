package dev.surprisal.trainer.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.surprisal.schemas.model.ModelException;
import dev.surprisal.schemas.record.Field;
import dev.surprisal.schemas.record.FieldType;
import dev.surprisal.schemas.record.Likelihood;
import dev.surprisal.schemas.record.RecordSpec;
import dev.surprisal.trainer.vae.Columns;
import dev.surprisal.trainer.vae.Columns.Categorical;
import dev.surprisal.trainer.vae.Columns.NumberLikelihood;
import dev.surprisal.trainer.vae.TrainedVae;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberUnitsTest {

    private static final RecordSpec SPEC = new RecordSpec(
            RecordSpec.FORMAT,
            "things",
            null,
            List.of(
                    Field.of("weight", FieldType.NUMBER),
                    Field.of("broken", FieldType.BOOLEAN),
                    new Field("height", FieldType.NUMBER, false, Likelihood.HETEROSCEDASTIC, null, null),
                    new Field("parts", FieldType.NUMBER, false, Likelihood.NEGATIVE_BINOMIAL, null, null),
                    Field.of("colour", FieldType.CATEGORY)));

    @Test
    void areTheDeviationsOfWhatHasADensity() {
        Columns columns = new Columns(
                List.of(
                        NumberLikelihood.STUDENT_T,
                        NumberLikelihood.BERNOULLI,
                        NumberLikelihood.HETEROSCEDASTIC,
                        NumberLikelihood.NEGATIVE_BINOMIAL),
                List.of(new Categorical(3, 0.01)));
        TrainedVae vae = new RandomVae(16, 8, 4, 1).make(columns, new Random(3));

        double[] logUnit = NumberUnits.of(OnnxExporter.export(vae, LatentNoise.of(4, 8)), SPEC)
                .logUnit();

        assertThat(logUnit).hasSize(4);
        assertThat(logUnit[0]).isCloseTo(Math.log(vae.deviation()[0]), within(1e-6));
        assertThat(logUnit[1]).isZero();
        assertThat(logUnit[2]).isCloseTo(Math.log(vae.deviation()[2]), within(1e-6));
        assertThat(logUnit[3]).isZero();
    }

    @Test
    void areUnknownOfAModelThatDoesNotStandardise() {
        assertThatThrownBy(() -> NumberUnits.of(new byte[0], SPEC))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("cannot be compared");
    }
}
