package dev.surprisal.trainer.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.surprisal.schemas.SurprisalException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceChoiceTest {

    private static final Gpu AMPERE = gpu("NVIDIA A100-SXM4-40GB", "8.0");
    private static final Gpu HOPPER = gpu("NVIDIA H200", "9.0");

    @ParameterizedTest
    @ValueSource(strings = {"3.7", "6.1", "7.0", "8.0", "8.6", "8.9"})
    void takesAGpuThatThereIsCodeFor(String capability) {
        Gpu gpu = gpu("a GPU", capability);

        assertThat(DeviceChoice.of(Device.AUTO, true, List.of(gpu)))
                .isEqualTo(new DeviceChoice(true, "training on a GPU, compute capability " + capability));
        assertThat(DeviceChoice.of(Device.CUDA, true, List.of(gpu)).onGpu()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.5", "9.0", "10.0", "12.0"})
    void goesOnOnTheCpuWhereThereIsNoCode(String capability) {
        DeviceChoice choice = DeviceChoice.of(Device.AUTO, true, List.of(gpu("a GPU", capability)));

        assertThat(choice)
                .isEqualTo(new DeviceChoice(
                        false,
                        "training on the CPU: a GPU has compute capability " + capability
                                + ", and ND4J has code for 3.7 to 8.9 only"));
    }

    @Test
    void refusesWhatWasDemandedAndCannotBe() {
        assertThatThrownBy(() -> DeviceChoice.of(Device.CUDA, true, List.of(HOPPER)))
                .isInstanceOf(SurprisalException.class)
                .hasMessage(
                        "--device cuda: NVIDIA H200 has compute capability 9.0, and ND4J has code for 3.7 to 8.9 only;"
                                + " leave the option out to train on the CPU");
        assertThatThrownBy(() -> DeviceChoice.of(Device.CUDA, true, List.of()))
                .hasMessageContaining("nvidia-smi tells of no GPU");
        assertThatThrownBy(() -> DeviceChoice.of(Device.CUDA, false, List.of(AMPERE)))
                .hasMessageContaining("build with -Pcuda");
    }

    @Test
    void saysNothingOfGpusWhereNobodyThinksOfThem() {
        DeviceChoice cpu = new DeviceChoice(false, "training on the CPU");

        assertThat(DeviceChoice.of(Device.AUTO, false, List.of())).isEqualTo(cpu);
        assertThat(DeviceChoice.of(Device.CPU, true, List.of(AMPERE))).isEqualTo(cpu);
    }

    @Test
    void oneGpuWithoutCodeAmongSeveralIsInTheWay() {
        assertThat(DeviceChoice.of(Device.AUTO, true, List.of(AMPERE, HOPPER)).sentence())
                .contains("NVIDIA H200");
    }

    @Test
    void readsWhatTheDriverSays() {
        assertThat(Gpu.parse("NVIDIA A100-SXM4-40GB, 8.0\nNVIDIA H200, 9.0\n")).containsExactly(AMPERE, HOPPER);
        assertThat(Gpu.parse("No devices were found\n")).isEmpty();
        assertThat(Gpu.parse("Tesla K80, [Not Supported]\nA, B, C 1, 7.5\n")).containsExactly(gpu("A, B, C 1", "7.5"));
        assertThat(Gpu.parse("")).isEmpty();
    }

    @Test
    void whatIsHiddenIsNotThere() {
        assertThat(InstalledGpus.in(Map.of("CUDA_VISIBLE_DEVICES", ""))).isEmpty();
        assertThat(InstalledGpus.in(Map.of("CUDA_VISIBLE_DEVICES", "-1"))).isEmpty();
    }

    private static Gpu gpu(String name, String capability) {
        return Gpu.parse(name + ", " + capability).get(0);
    }
}
