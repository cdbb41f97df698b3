/*
 * Copyright 2026 the DJL Local Learning authors
 *
 * Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file
 * except in compliance with the License. You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software distributed under the
 * License is distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND,
 * either express or implied. See the License for the specific language governing permissions
 * and limitations under the License.
 */
package org.locallearning.djl.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.ParameterTracker;
import ai.djl.training.tracker.Tracker;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.locallearning.djl.creditassignment.CreditAssignment;
import org.locallearning.djl.creditassignment.checkpoint.CheckpointListener;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.loss.SampleLoss;
import org.locallearning.djl.creditassignment.lra.ErrorWiring;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.creditassignment.pseudoconv.NoiseMaps;
import org.locallearning.djl.creditassignment.pseudoconv.PerturbativeResNet;
import org.locallearning.djl.creditassignment.pseudoconv.PseudoConv2d;
import org.locallearning.djl.creditassignment.rule.FeedbackDistribution;
import org.locallearning.djl.creditassignment.rule.FeedbackSource;
import org.locallearning.djl.creditassignment.rule.NoiseSource;
import org.locallearning.djl.creditassignment.rule.RandomSource;
import org.locallearning.djl.creditassignment.rule.SignSymmetricFeedback;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.decorrelation.Cost;
import org.locallearning.djl.decorrelation.DecorrelationOptions;
import org.locallearning.djl.decorrelation.Gain;
import org.locallearning.djl.decorrelation.GainOptions;
import org.locallearning.djl.decorrelation.MeanOptions;
import org.locallearning.djl.decorrelation.MeanRemoval;
import org.locallearning.djl.decorrelation.boltzmann.CentredGradient;
import org.locallearning.djl.decorrelation.boltzmann.ContrastiveDivergence;
import org.locallearning.djl.decorrelation.boltzmann.ExactCovariancePenalty;
import org.locallearning.djl.decorrelation.boltzmann.GradientDirection;
import org.locallearning.djl.decorrelation.boltzmann.LogLikelihoodListener;
import org.locallearning.djl.decorrelation.boltzmann.NaturalGradient;
import org.locallearning.djl.decorrelation.boltzmann.NegativePhase;
import org.locallearning.djl.decorrelation.boltzmann.Penalty;
import org.locallearning.djl.decorrelation.boltzmann.PenaltyWeight;
import org.locallearning.djl.decorrelation.internal.Descriptions;
import org.locallearning.djl.zoo.data.DataOptions;

/**
 * Every setting of every builder appears in what the built thing prints, so that a record of
 * training is complete. The builders are found in the libraries: a new one fails until it prints.
 */
class SettingsPrintedTest {

    private static final NDManager MANAGER = NDManager.newBaseManager("PyTorch");

    /** What is built with no settings of training, and why. */
    private static final Map<Class<?>, String> LEFT_OUT =
            Map.of(
                    CheckpointListener.class, "watches, and changes no number",
                    LogLikelihoodListener.class, "watches, and changes no number",
                    Network.class, "is the tape's view of a model",
                    TrainingRecord.class, "prints itself as JSON");

    /** Values of a type; those that come later are tried where the first change nothing. */
    private static final Map<Class<?>, List<Object>> SAMPLES = samples();

    private static Map<Class<?>, List<Object>> samples() {
        Map<Class<?>, List<Object>> samples = new LinkedHashMap<>();
        samples.put(double.class, List.of(0.375, 0.75, 2.5));
        samples.put(float.class, List.of(0.375f, 0.75f, 2.5f));
        samples.put(int.class, List.of(3, 6, 7));
        samples.put(long.class, List.of(3L, 6L, 7L));
        samples.put(boolean.class, List.of(true, false));
        samples.put(String.class, List.of("first", "second", "tanh"));
        samples.put(int[].class, List.of(new int[] {2, 1}, new int[] {1, 3}));
        samples.put(double[].class, List.of(new double[] {0.375}, new double[] {0.75, 2}));
        samples.put(Shape.class, List.of(new Shape(3, 6), new Shape(6, 3), new Shape(3, 4, 4)));
        samples.put(
                Shape[].class,
                List.of(new Shape[] {new Shape(3, 6)}, new Shape[] {new Shape(6, 3)}));
        samples.put(NDList.class, List.of(new NDList(MANAGER.ones(new Shape(3, 6)))));
        samples.put(
                NDArray.class,
                List.of(MANAGER.create(new float[] {0.5f}), MANAGER.ones(new Shape(3))));
        samples.put(Block.class, List.of(Blocks.identityBlock()));
        samples.put(Path.class, List.of(Path.of("first"), Path.of("second")));
        samples.put(URI.class, List.of(URI.create("file:/first"), URI.create("file:/second")));
        List<Object> trackers = List.of(Tracker.fixed(0.375f), Tracker.fixed(0.75f));
        samples.put(Tracker.class, trackers);
        samples.put(ParameterTracker.class, trackers);
        samples.put(
                Optimizer.class,
                List.of(
                        Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.375f)).build(),
                        Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.75f)).build()));
        samples.put(Gain.class, List.of(Gain.UNITWISE, Gain.SCALAR));
        samples.put(GainOptions.class, List.of(Gain.SCALAR.within(0.375, 2.5)));
        samples.put(MeanOptions.class, List.of(MeanRemoval.RUNNING.withMomentum(0.375)));
        samples.put(
                DecorrelationOptions.class,
                List.of(DecorrelationOptions.builder().optRate(0.375).build()));
        samples.put(Cost.class, List.of(Cost.rank(3), Cost.full().withSampleFraction(0.375)));
        samples.put(
                Consumer.class,
                List.of(
                        (Consumer<DecorrelationOptions.Builder>)
                                options -> options.optRate(0.375)));
        samples.put(
                LayerTable.class,
                List.of(LayerTable.standard().withExact(Blocks.identityBlock().getClass())));
        samples.put(
                FeedbackSource.class,
                List.of(FeedbackDistribution.normal(0.375).withDensity(0.75).seeded(6)));
        samples.put(
                NoiseSource.class,
                List.of((NoiseSource) (block, output, scale, manager) -> output));
        samples.put(RandomSource.class, List.of(RandomSource.ofHost(3)));
        samples.put(SampleLoss.class, List.of((SampleLoss) (labels, predictions) -> null));
        samples.put(ErrorWiring.class, List.of(ErrorWiring.skip(3)));
        samples.put(NegativePhase.class, List.of(new ContrastiveDivergence(3)));
        samples.put(
                GradientDirection.class,
                List.of(new CentredGradient(0.375), new NaturalGradient(0.375, 3)));
        samples.put(PenaltyWeight.class, List.of(new PenaltyWeight.Adaptive(2.5, 0.375, 0.75)));
        samples.put(Penalty.class, List.of(new ExactCovariancePenalty(0.375)));
        return samples;
    }

    /** Settings without which others mean nothing, and are refused or not printed. */
    private static final Map<Class<?>, Consumer<Object>> MEANINGFUL =
            Map.of(
                    SignSymmetricFeedback.class,
                    builder ->
                            ((SignSymmetricFeedback.Builder) builder)
                                    .optMode(SignSymmetricFeedback.Mode.FIXED_MAGNITUDE),
                    DataOptions.class,
                    builder -> ((DataOptions.Builder) builder).optStandardize(false),
                    NoiseMaps.class,
                    builder -> ((NoiseMaps.Builder) builder).optSeed(1),
                    PseudoConv2d.class,
                    builder -> ((PseudoConv2d.Builder) builder).optSeed(1),
                    PerturbativeResNet.class,
                    builder -> ((PerturbativeResNet.Builder) builder).optSeed(1));

    @AfterAll
    static void close() {
        MANAGER.close();
    }

    /** Finds what has a public builder. */
    static Stream<Class<?>> built() throws ReflectiveOperationException {
        List<Class<?>> built = new ArrayList<>();
        for (JavaClass found :
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages(
                                "org.locallearning.djl.decorrelation",
                                "org.locallearning.djl.creditassignment",
                                "org.locallearning.djl.pc",
                                "org.locallearning.djl.zoo")) {
            if (found.getModifiers().toString().contains("PUBLIC")
                    && found.tryGetMethod("builder").isPresent()) {
                Class<?> type = found.reflect();
                Class<?> builder = type.getMethod("builder").getReturnType();
                Class<?> result = builder.getMethod("build").getReturnType();
                if (!LEFT_OUT.containsKey(type) && !Dataset.class.isAssignableFrom(result)) {
                    built.add(type);
                }
            }
        }
        built.sort(Comparator.comparing(Class::getName));
        return built.stream();
    }

    @Test
    void findsTheBuildersOfEveryModule() throws Exception {
        List<String> names = built().map(Class::getSimpleName).toList();
        for (String name :
                List.of("DecorrelationOptions", "KolenPollack", "Mq", "NetworkOptions")) {
            assertTrue(names.contains(name), names.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("built")
    void everySettingIsPrinted(Class<?> type) throws Exception {
        String plain = print(newBuilder(type));
        assertEquals(plain, print(newBuilder(type)), "the same settings print the same");
        assertTrue(!plain.contains("@"), plain);
        List<String> silent = new ArrayList<>();
        for (Method setting : settings(type)) {
            Consumer<Object> more = MEANINGFUL.getOrDefault(type, builder -> {});
            boolean shown =
                    Arrays.stream(samplesFor(setting))
                            .anyMatch(
                                    each ->
                                            shows(type, setting, each, builder -> {})
                                                    || shows(type, setting, each, more));
            if (!shown) {
                silent.add(setting.getName());
            }
        }
        assertEquals(List.of(), silent, type.getSimpleName() + " prints " + plain);
    }

    private static List<Method> settings(Class<?> type) throws ReflectiveOperationException {
        Class<?> builder = type.getMethod("builder").getReturnType();
        return Arrays.stream(builder.getMethods())
                .filter(method -> method.getName().matches("(opt|set)[A-Z].*"))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge())
                // a model is what is trained, and no setting
                .filter(method -> !Arrays.equals(method.getParameterTypes(), BLOCK))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    private static final Class<?>[] BLOCK = {Block.class};

    /** Returns lists of arguments to try. */
    private static Object[][] samplesFor(Method setting) {
        Class<?>[] types = setting.getParameterTypes();
        if (types.length == 0) {
            return new Object[1][0];
        }
        int most = Arrays.stream(types).mapToInt(type -> samplesOf(type).size()).max().orElse(0);
        Object[][] samples = new Object[most][types.length];
        for (int i = 0; i < most; i++) {
            for (int n = 0; n < types.length; n++) {
                List<Object> values = samplesOf(types[n]);
                samples[i][n] = values.get(Math.min(i, values.size() - 1));
            }
        }
        return samples;
    }

    private static List<Object> samplesOf(Class<?> type) {
        if (type.isEnum() && !SAMPLES.containsKey(type)) {
            return List.of(type.getEnumConstants());
        }
        return Optional.ofNullable(SAMPLES.get(type))
                .orElseThrow(
                        () ->
                                new AssertionError(
                                        "Give this test values of a " + type.getName() + "."));
    }

    /** A builder on which everything that has to be set is set. */
    private static Object newBuilder(Class<?> type) throws ReflectiveOperationException {
        Object builder = type.getMethod("builder").invoke(null);
        for (Method setting : builder.getClass().getMethods()) {
            if (REQUIRED.contains(setting.getName()) && setting.getParameterCount() == 1) {
                Object value = samplesFor(setting)[0][0];
                if (setting.getName().equals("setImageShape")) {
                    value = new Shape(3, 8, 8);
                }
                call(setting, builder, value);
            }
        }
        return builder;
    }

    private static final Set<String> REQUIRED =
            Set.of(
                    "setBlock",
                    "setLearningRateTracker",
                    "setBaseValue",
                    "setOptimizer",
                    "setHiddenUnits",
                    "setKernelShape",
                    "setFilters",
                    "setOutSize",
                    "setImageShape");

    private static Object call(Method method, Object target, Object... arguments)
            throws ReflectiveOperationException {
        // of a public class that inherits from one that is not
        method.setAccessible(true);
        return method.invoke(target, arguments);
    }

    /** Whether what is built with a setting prints it. */
    private static boolean shows(
            Class<?> type, Method setting, Object[] values, Consumer<Object> before) {
        try {
            Object other = newBuilder(type);
            before.accept(other);
            String plain = print(other);
            Object builder = newBuilder(type);
            before.accept(builder);
            call(setting, builder, values);
            String changed = print(builder);
            boolean number = values.length == 1 && values[0] instanceof Number;
            return !changed.equals(plain)
                    && (!number || changed.contains(values[0].toString()))
                    && !changed.matches("(?s).*(@[0-9a-f]{4,}|\\$\\$Lambda).*");
        } catch (InvocationTargetException e) {
            // a value that this setting does not take: another is tried
            return false;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static String print(Object builder) throws ReflectiveOperationException {
        Object built = call(builder.getClass().getMethod("build"), builder);
        if (built instanceof Block) {
            Map<String, String> blocks = new LinkedHashMap<>();
            Descriptions.addBlocks((Block) built, blocks);
            return blocks.toString();
        }
        return built instanceof CreditAssignment ? built.toString() : Descriptions.of(built);
    }
}
