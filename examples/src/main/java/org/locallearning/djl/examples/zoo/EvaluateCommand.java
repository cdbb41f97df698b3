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

import ai.djl.ModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.dataset.Batch;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.locallearning.djl.creditassignment.provenance.MeasuredAccuracy;
import org.locallearning.djl.creditassignment.provenance.TrainingRecord;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.commandline.ProgramVersion;
import org.locallearning.djl.examples.commandline.UselessOptions;
import org.locallearning.djl.zoo.PretrainedModel;
import org.locallearning.djl.zoo.data.DataSets;
import org.locallearning.djl.zoo.data.ImageData;
import org.locallearning.djl.zoo.model.ImageInput;
import org.locallearning.djl.zoo.model.RecordedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures a model's accuracy once more. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        descriptionHeading = "%n",
        description = {
            "Loads a model and measures its accuracy on the test images of the data set that it was"
                    + " trained on, as many as its card names, prepared as its record says. It has"
                    + " to be the one of its card."
        },
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the accuracy is the one of the card",
            "1:it is another, or could not be measured",
            "2:there is no such model"
        })
public final class EvaluateCommand implements Callable<Integer> {

    private static final int BATCH = 64;

    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "A model that 'zoo list' names.")
    private String name;

    @Mixin private RepositoryArguments repository;

    @Mixin private MeasurementArguments measurement;

    /** Creates the command; picocli fills in its options. */
    public EvaluateCommand() {}

    /** Measures. */
    @Override
    public Integer call() throws IOException, TranslateException, ModelException {
        try {
            measurement.check();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        PretrainedModel model;
        try {
            model = repository.open().model(name);
        } catch (ModelNotFoundException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        measurement.startEngine();
        RecordedModel recorded = model.open();
        TrainingRecord record = recorded.getRecord();
        MeasuredAccuracy card = record.accuracy();
        if (card == null) {
            throw new IllegalStateException(
                    "The model " + name + " is no classifier: there is no accuracy to measure.");
        }
        UselessOptions.refuse(spec, List.of(), List.of(record.data().name()));
        try (ImageData images =
                DataSets.load(
                        record.data().name(),
                        measurement
                                .dataOptions()
                                .optLimit(1)
                                .optTestLimit(card.samples())
                                .optGray(recorded.getImageShape().get(0) == 1)
                                .build())) {
            if (!images.getSampleShape().equals(recorded.getImageShape())) {
                throw new IllegalStateException(
                        String.format(
                                "The images of %s have the shape %s, but the model %s takes %s.",
                                images.getTitle(),
                                images.getSampleShape(),
                                name,
                                recorded.getImageShape()));
            }
            return report(right(model, recorded, images), images.getTestSize(), card);
        }
    }

    /** Counts the images whose class is found, in batches as training had them. */
    private static long right(PretrainedModel model, RecordedModel recorded, ImageData images)
            throws IOException, TranslateException, ModelException {
        ImageInput input = recorded.getInput();
        Integer batch = recorded.getRecord().training().batch();
        long right = 0;
        try (ZooModel<NDList, NDList> loaded = model.load(NDList.class, NDList.class);
                Predictor<NDList, NDList> predictor = loaded.newPredictor(new NoopTranslator())) {
            for (Batch part :
                    images.test(batch == null ? BATCH : batch).getData(loaded.getNDManager())) {
                try (part) {
                    NDArray pixels = part.getData().singletonOrThrow().mul(255).round();
                    NDArray scaled = input.scalePixels(pixels.toType(DataType.UINT8, false));
                    try (NDList outputs = predictor.predict(new NDList(scaled))) {
                        right +=
                                outputs.singletonOrThrow()
                                        .argMax(1)
                                        .eq(part.getLabels().singletonOrThrow())
                                        .countNonzero()
                                        .getLong();
                    }
                }
            }
        }
        return right;
    }

    private int report(long right, int images, MeasuredAccuracy card) {
        long expected = Math.round(card.value() * card.samples());
        boolean same = right == expected && images == card.samples();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%s: %,d of %,d test images, %.2f %%, %s%n",
                name,
                right,
                images,
                100.0 * right / images,
                same
                        ? "as its card says"
                        : String.format(
                                Locale.ROOT,
                                "but its card says %,d of %,d",
                                expected,
                                card.samples()));
        out.flush();
        return same ? ExitCode.OK : ExitCode.FAILED;
    }
}
