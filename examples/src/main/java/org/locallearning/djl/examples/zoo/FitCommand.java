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
package org.locallearning.djl.examples.zoo;

import ai.djl.engine.Engine;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.locallearning.djl.creditassignment.provenance.ProgramDescription;
import org.locallearning.djl.examples.commandline.CommandLineText;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.examples.commandline.Values;
import org.locallearning.djl.examples.environment.Build;
import org.locallearning.djl.examples.output.OutputFolder;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits a map of images that has no labels, and saves it as a model. */
@Command(
        name = "fit",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        sortOptions = false,
        descriptionHeading = "%n",
        description = {
            "Fits a map of images to numbers, without labels, and saves it as DJL's own blocks with"
                    + " a record of how it was made: the hidden units of a restricted Boltzmann"
                    + " machine, trained by contrastive divergence along the centred gradient, or a"
                    + " ZCA whitening."
        },
        optionListHeading = "%nOptions:%n")
public final class FitCommand implements Callable<Integer> {

    private static final String RBM = "rbm";
    private static final String ZCA = "zca";

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "KIND", description = "rbm or zca.")
    private String kind;

    @Option(
            names = "--dataset",
            paramLabel = "NAME",
            defaultValue = "glyphs",
            description = "Data set (default: ${DEFAULT-VALUE}).")
    private String dataset;

    @Mixin private MeasurementArguments measurement;

    @Option(
            names = "--units",
            paramLabel = "N",
            description = "Hidden units of the Boltzmann machine (default: 500).")
    private Integer units;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the images, for the Boltzmann machine (default: 10).")
    private Integer epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of the Boltzmann machine (default: 1).")
    private Integer seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Folder for the model, made if missing.")
    private Path folder;

    /** Creates the command; picocli fills in its options. */
    public FitCommand() {}

    /** Fits and saves. */
    @Override
    public Integer call() throws IOException, TranslateException {
        checkUsage();
        OutputFolder.open(folder);
        Engine engine = measurement.startEngine();
        try (ImageData images = DataSets.load(dataset, measurement.dataOptions().build())) {
            PrintWriter out = spec.commandLine().getOut();
            ProgramDescription program = Build.current().describe(CommandLineText.of(spec));
            String name =
                    switch (kind) {
                        case RBM ->
                                new BoltzmannFeatures(engine, images, program)
                                        .fit(or(units, 500), or(epochs, 10), or(seed, 1), folder);
                        default -> new Whitening(engine, images, program).fit(folder);
                    };
            out.println("Model: " + folder.resolve(name + ".json"));
            out.flush();
        }
        return ExitCode.OK;
    }

    private static int or(Integer chosen, int usual) {
        return chosen == null ? usual : chosen;
    }

    private void checkUsage() {
        if (!kind.equals(RBM) && !kind.equals(ZCA)) {
            throw usage("There is no \"" + kind + "\" to fit: choose rbm or zca.");
        }
        if (kind.equals(ZCA) && (units != null || epochs != null || seed != null)) {
            throw usage("A whitening has no --units, --epochs or --seed: leave them out.");
        }
        try {
            Values.checkLeast("--units", 1, units);
            Values.checkLeast("--epochs", 1, epochs);
            measurement.check();
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        if (!DataSets.names().contains(dataset)) {
            throw usage(
                    "There is no data set \""
                            + dataset
                            + "\": choose one of "
                            + String.join(", ", DataSets.names())
                            + ".");
        }
        UselessOptions.refuse(spec, List.of(), List.of(dataset));
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
