package dev.surprisal.quickstart;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(packages = "dev.surprisal", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule ONLY_THE_VAE_KNOWS_ND4J = noClasses()
            .that()
            .resideOutsideOfPackage("dev.surprisal.trainer.vae..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.nd4j.linalg..", "org.nd4j.autodiff..", "org.deeplearning4j..", "org.bytedeco..");

    @ArchTest
    static final ArchRule ONLY_THE_EXPORT_KNOWS_THE_ONNX_FORMAT = noClasses()
            .that()
            .resideOutsideOfPackage("dev.surprisal.trainer.export..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("onnx..", "org.nd4j.shade.protobuf..");

    @ArchTest
    static final ArchRule ONLY_THE_ENGINE_KNOWS_ONNX_RUNTIME = noClasses()
            .that()
            .resideOutsideOfPackage("dev.surprisal.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule TRAINER_AND_SCORER_DO_NOT_MEET = noClasses()
            .that()
            .resideInAPackage("dev.surprisal.trainer..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.surprisal.scorer..")
            .orShould()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.micronaut..");

    @ArchTest
    static final ArchRule SCORER_AND_TRAINER_DO_NOT_MEET = noClasses()
            .that()
            .resideInAPackage("dev.surprisal.scorer..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.surprisal.trainer..");

    @ArchTest
    static final ArchRule THE_ENGINE_KNOWS_NEITHER_KAFKA_NOR_MICRONAUT = noClasses()
            .that()
            .resideInAnyPackage("dev.surprisal.engine..", "dev.surprisal.schemas..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.kafka..", "io.micronaut..", "org.nd4j..", "picocli..");

    @ArchTest
    static final ArchRule THE_STREAM_KNOWS_NO_MICRONAUT = noClasses()
            .that()
            .resideInAPackage("dev.surprisal.scorer.stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micronaut..", "picocli..");

    @ArchTest
    static final ArchRule ONLY_TRACING_KNOWS_OPENTELEMETRY = noClasses()
            .that()
            .resideOutsideOfPackage("dev.surprisal.scorer.tracing..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.surprisal.(**)").should().beFreeOfCycles();
}
