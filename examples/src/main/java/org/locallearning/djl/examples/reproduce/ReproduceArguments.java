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
package org.locallearning.djl.examples.reproduce;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.locallearning.djl.examples.commandline.DataArguments;
import org.locallearning.djl.examples.commandline.Seeds;
import org.locallearning.djl.examples.commandline.Values;
import org.locallearning.djl.examples.environment.EngineThreads;
import org.locallearning.djl.zoo.data.DataSets;
import picocli.CommandLine.Option;

/** What can be chosen about a target; what was not chosen is null. */
public final class ReproduceArguments extends DataArguments {

    /** The name of the option of projected gradients. */
    public static final String PROJECTION = "--projection-radius";

    /** The name of the option of standardised pixels. */
    public static final String STANDARDISE = "--standardise";

    /** The name of the option of the iterations of inference. */
    public static final String ITERATIONS = "--iterations";

    /** The name of the option of low-rank decorrelation. */
    public static final String DECORRELATED_RANK = "--decor-rank";

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the training images (default: the target's).")
    private Integer epochs;

    @Option(
            names = "--seeds",
            converter = Seeds.Converter.class,
            paramLabel = "N",
            description = "Seeds to run; 1..5 is 1,2,3,4,5 (default: the target's).")
    private Seeds seeds;

    @Option(
            names = "--methods",
            split = ",",
            paramLabel = "NAME",
            description = "Methods to train (default: the target's).")
    private List<String> methods;

    @Option(
            names = {"--dataset", "--data-set"},
            split = ",",
            paramLabel = "NAME",
            description = "Data sets to train on (default: the target's).")
    private List<String> dataSets;

    @Option(
            names = "--model",
            split = ",",
            paramLabel = "NAME",
            description = "Models to train (default: the target's).")
    private List<String> models;

    @Option(
            names = PROJECTION,
            paramLabel = "X",
            description =
                    "Project the gradient of every parameter onto a ball of this radius before the"
                            + " optimizer sees it; 0 for no projection (default: the target's).")
    private Double projectionRadius;

    @Option(
            names = STANDARDISE,
            negatable = true,
            fallbackValue = "true",
            description =
                    "Give every channel of the training images mean 0 and variance 1, or keep pixels"
                            + " in 0 to 1 (default: the target's).")
    private Boolean standardise;

    @Option(
            names = DECORRELATED_RANK,
            paramLabel = "N",
            description =
                    "Decorrelate the N directions in which a wider input varies most, 0 for all"
                            + " (default: the target's).")
    private Integer rank;

    @Option(
            names = ITERATIONS,
            split = ",",
            paramLabel = "T",
            description =
                    "Numbers of iterations of inference to train with (default: the target's).")
    private List<Integer> iterations;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of one operation (default: half of the processors, ${DEFAULT-VALUE}"
                            + " here).")
    private int threads = EngineThreads.byDefault();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Output folder, made if missing (default: the target's name below results).")
    private Path folder;

    /** Creates the options; picocli fills them in. */
    public ReproduceArguments() {}

    /**
     * Returns the number of epochs.
     *
     * @param otherwise the target's own
     * @return the number
     */
    public int epochs(int otherwise) {
        return epochs == null ? otherwise : epochs;
    }

    /**
     * Returns the seeds.
     *
     * @param otherwise the target's own
     * @return the seeds
     */
    public List<Integer> seeds(List<Integer> otherwise) {
        return seeds == null ? otherwise : seeds.values();
    }

    /**
     * Returns the seed of a target that has one.
     *
     * @param otherwise the target's own
     * @return the seed
     * @throws IllegalArgumentException if several were chosen
     */
    public int seed(int otherwise) {
        return one("--seeds", "seed", seeds(List.of(otherwise)));
    }

    /**
     * Returns the data set of a target that has one.
     *
     * @param otherwise the target's own
     * @return its name
     * @throws IllegalArgumentException if several were chosen, or there is none of that name
     */
    public String dataSet(String otherwise) {
        String name = one("--dataset", "data set", dataSets(List.of(otherwise)));
        if (!DataSets.names().contains(name)) {
            throw new IllegalArgumentException(
                    String.format(
                            "Unknown data set '%s': choose one of %s.",
                            name, String.join(", ", DataSets.names())));
        }
        return name;
    }

    /**
     * Returns the model of a target that has one.
     *
     * @param otherwise the target's own
     * @return its name
     * @throws IllegalArgumentException if several were chosen
     */
    public String model(String otherwise) {
        return one("--model", "model", models(List.of(otherwise)));
    }

    private static <T> T one(String option, String kind, List<T> chosen) {
        if (chosen.size() != 1) {
            throw new IllegalArgumentException(
                    String.format(
                            Locale.ROOT,
                            "The target has one %s, and %s names %d: name one of them.",
                            kind,
                            option,
                            chosen.size()));
        }
        return chosen.get(0);
    }

    /**
     * Returns the names of the methods.
     *
     * @param otherwise the target's own
     * @return the names
     */
    public List<String> methods(List<String> otherwise) {
        return methods == null ? otherwise : List.copyOf(methods);
    }

    /**
     * Returns the names of the data sets.
     *
     * @param otherwise the target's own
     * @return the names
     */
    public List<String> dataSets(List<String> otherwise) {
        return dataSets == null ? otherwise : List.copyOf(dataSets);
    }

    /**
     * Returns the names of the models.
     *
     * @param otherwise the target's own
     * @return the names
     */
    public List<String> models(List<String> otherwise) {
        return models == null ? otherwise : List.copyOf(models);
    }

    /**
     * Returns the models, where the target has its own.
     *
     * @param <T> what the target calls a model
     * @param all the target's models
     * @param name tells the name of one
     * @return those that were chosen, in the target's order, or all of them
     * @throws IllegalArgumentException if one was chosen that the target does not have
     */
    public <T> List<T> modelsOf(List<T> all, Function<T, String> name) {
        List<String> names = all.stream().map(name).toList();
        List<String> chosen = models(names);
        checkAmong(
                names,
                chosen,
                each ->
                        String.format(
                                "Unknown model '%s': choose from %s.",
                                each, String.join(", ", names)));
        return all.stream().filter(model -> chosen.contains(name.apply(model))).toList();
    }

    private static <T> void checkAmong(List<T> all, List<T> chosen, Function<T, String> refusal) {
        for (T each : chosen) {
            if (!all.contains(each)) {
                throw new IllegalArgumentException(refusal.apply(each));
            }
        }
    }

    /**
     * Returns the radius that gradients are projected to.
     *
     * @param otherwise the target's own
     * @return the radius, 0 for no projection
     */
    public double projectionRadius(double otherwise) {
        return projectionRadius == null ? otherwise : projectionRadius;
    }

    /**
     * Returns whether channels get mean 0 and variance 1.
     *
     * @param otherwise the target's own
     * @return whether they do
     */
    public boolean standardise(boolean otherwise) {
        return standardise == null ? otherwise : standardise;
    }

    /**
     * Returns the number of directions that decorrelation layers decorrelate.
     *
     * @param otherwise the target's own
     * @return the number, 0 for all
     */
    public int decorrelatedRank(int otherwise) {
        return rank == null ? otherwise : rank;
    }

    /**
     * Returns the numbers of iterations of inference.
     *
     * @param all those that the target has settings for
     * @return those that were chosen, in the target's order, or all of them
     * @throws IllegalArgumentException if one was chosen that the target has no settings for
     */
    public List<Integer> iterations(List<Integer> all) {
        List<Integer> chosen = iterations == null ? all : iterations;
        checkAmong(
                all,
                chosen,
                each ->
                        String.format(
                                Locale.ROOT,
                                "The paper has no settings for %d iterations: %s names some of %s.",
                                each,
                                ITERATIONS,
                                String.join(", ", all.stream().map(String::valueOf).toList())));
        return all.stream().filter(chosen::contains).toList();
    }

    /**
     * Returns the threads of one operation.
     *
     * @return the number
     */
    public int threads() {
        return threads;
    }

    Path folder(Target target) {
        return folder == null ? Path.of("results", target.name()) : folder;
    }

    /** {@inheritDoc} */
    @Override
    public void check() {
        super.check();
        Values.checkLeast("--epochs", 1, epochs);
        EngineThreads.check(threads);
        if (seeds != null && Set.copyOf(seeds.values()).size() < seeds.values().size()) {
            throw new IllegalArgumentException(
                    "A seed is given twice: --seeds names each seed once.");
        }
    }
}
