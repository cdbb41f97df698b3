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
package org.locallearning.djl.examples.reproduce.ororbia;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.locallearning.djl.examples.method.OptimizerKind.ADAM;
import static org.locallearning.djl.examples.method.OptimizerKind.MOMENTUM;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

class OrorbiaTargetsTest {

    private static final String SMALL =
            " --data-set glyphs --limit 96 --test-limit 64 --epochs 1 --seeds 1 --threads 1 --out ";

    @Test
    void tableTrainsEveryMethodWithTanhAndTargetsAloneWithoutDerivative(@TempDir Path folder)
            throws Exception {
        List<String> models = List.of("2x20-tanh", "2x20-sign", "3x16-elu");
        ProgramRun run =
                ProgramRun.of(
                        "reproduce ororbia-table-1 --model "
                                + String.join(",", models)
                                + SMALL
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonArray parts = figure(folder);
        assertEquals(List.of("bp", "fa", "dfa", "lra", "lra-e-skip"), methods(parts.get(0)));
        assertEquals(List.of("lra-sign"), methods(parts.get(1)));
        assertEquals(List.of("lra-e-skip"), methods(parts.get(2)));
        for (JsonElement part : parts) {
            JsonObject settings = part.getAsJsonObject().getAsJsonObject("settings");
            assertEquals(32, settings.get("batch").getAsInt());
            assertEquals(1, settings.get("projectionRadius").getAsDouble());
            assertTrue(settings.get("standardise").getAsBoolean());
            for (JsonElement each : part.getAsJsonObject().getAsJsonArray("runs")) {
                assertEquals(2e-4f, each.getAsJsonObject().get("learningRate").getAsFloat(), 1e-9f);
            }
        }
        String page = Files.readString(folder.resolve("report.html"));
        assertTrue(page.contains("784-20-20-10, sign, weights"), "the parts are told apart");
        ProgramRun again =
                ProgramRun.of(
                        "reproduce ororbia-table-1 --model "
                                + String.join(",", models)
                                + SMALL
                                + folder);
        assertEquals(7, again.out().lines().filter(line -> line.endsWith("stored")).count());
    }

    @Test
    void deepNetsStartFromTheSameWeights(@TempDir Path folder) throws Exception {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce ororbia-figure-4 --model 8x16-logistic,8x16-logistic-0.1"
                                + SMALL
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        assertEquals(List.of("bp", "lra", "lra-e-skip"), methods(figure(folder).get(0)));
        for (String deviation : List.of("0.05", "0.1")) {
            String told =
                    "784-16-16-16-16-16-16-16-16-10, logistic, weights of deviation " + deviation;
            assertTrue(run.out().contains(told), run.out());
        }
    }

    @Test
    void projectionAndPixelsAreChosen(@TempDir Path folder) throws Exception {
        String command =
                "reproduce ororbia-figure-4 --model 2x16-tanh --methods bp --no-standardise"
                        + " --projection-radius ";
        String twice = SMALL.replace("--epochs 1", "--epochs 2");
        ProgramRun without = ProgramRun.of(command + 0 + twice + folder.resolve("without"));
        assertEquals(ExitCode.OK, without.exitCode(), without.err());
        JsonObject settings = settings(folder.resolve("without"));
        assertFalse(settings.has("projectionRadius"), settings.toString());
        assertFalse(settings.get("standardise").getAsBoolean());
        assertTrue(fall(folder.resolve("without")) > 1e-4);
        // so short a gradient that Adam's divisor outweighs it: weights hardly move
        ProgramRun near = ProgramRun.of(command + 1e-12 + twice + folder.resolve("near"));
        assertEquals(ExitCode.OK, near.exitCode(), near.err());
        assertEquals(1e-12, settings(folder.resolve("near")).get("projectionRadius").getAsDouble());
        assertEquals(0, fall(folder.resolve("near")), 1e-5);
        String page = Files.readString(folder.resolve("near/report.html"));
        assertTrue(page.contains("projected onto a ball of radius 1.0E-12"), page);
        ProgramRun wrong = ProgramRun.of(command + -1 + SMALL + folder.resolve("wrong"));
        assertEquals(ExitCode.USAGE, wrong.exitCode());
        assertTrue(wrong.err().contains("0 for no projection, not -1.0"), wrong.err());
    }

    private static JsonObject settings(Path folder) throws Exception {
        return figure(folder).get(0).getAsJsonObject().getAsJsonObject("settings");
    }

    /** By how much the test loss falls from the first epoch to the second. */
    private static double fall(Path folder) throws Exception {
        JsonArray epochs =
                figure(folder)
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonArray("runs")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonArray("epochs");
        return testLoss(epochs.get(0)) - testLoss(epochs.get(1));
    }

    private static double testLoss(JsonElement epoch) {
        return epoch.getAsJsonObject().get("testLoss").getAsDouble();
    }

    @Test
    void noiseStandsAgainstTwoControls(@TempDir Path folder) throws Exception {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce ororbia-pnn --model pnn-resnet,pnn-resnet-1x1,pnn-resnet-plain"
                                + SMALL.replace("96", "10").replace("64", "10")
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        List<Long> parameters = new ArrayList<>();
        for (JsonElement part : figure(folder)) {
            parameters.add(part.getAsJsonObject().get("parameters").getAsLong());
        }
        assertTrue(run.out().contains("contrast normalized; ZCA-whitened"), run.out());
        assertEquals(3, parameters.size());
        assertEquals(parameters.get(0), parameters.get(1));
        assertEquals(1, parameters.get(2) / (double) parameters.get(0), 0.05);
    }

    @Test
    void residualNetsAreTrainedByEveryMethod(@TempDir Path folder) throws Exception {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce ororbia-table-2 --model pnn-resnet-small"
                                + SMALL.replace("96", "10").replace("64", "10")
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonElement part = figure(folder).get(0);
        assertEquals(List.of("bp", "fa", "dfa", "lra", "lra-e-skip"), methods(part));
        for (JsonElement each : part.getAsJsonObject().getAsJsonArray("runs")) {
            JsonObject result = each.getAsJsonObject();
            assertEquals(1e-4f, result.get("learningRate").getAsFloat(), 1e-9f);
            assertTrue(result.getAsJsonObject("classification").has("recall"), result.toString());
        }
    }

    @Test
    void theTopLayerIsDrawnOnceForEveryMethod(@TempDir Path folder) throws Exception {
        String command =
                "reproduce ororbia-figure-5 --model pnn-resnet-small"
                        + SMALL.replace("96", "20").replace("64", "30")
                        + folder;
        ProgramRun run = ProgramRun.of(command);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        JsonObject drawn =
                JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                        .getAsJsonObject()
                        .getAsJsonObject("figure");
        assertEquals(List.of(30, 30), images(drawn));
        assertTrue(Files.readString(folder.resolve("report.html")).contains("t-SNE"));
        ProgramRun again = ProgramRun.of(command);
        assertEquals(2, again.out().lines().filter(line -> line.endsWith("stored")).count());
    }

    private static List<Integer> images(JsonObject figure) {
        List<Integer> sizes = new ArrayList<>();
        for (JsonElement run : figure.getAsJsonArray("runs")) {
            sizes.add(run.getAsJsonObject().getAsJsonArray("images").size());
        }
        return sizes;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3x1024",
                "tanh",
                "3x1024-sigmoid",
                "0x10-tanh",
                "3x0-tanh",
                "mlp",
                "3x10-tanh-",
                "3x10-tanh-1"
            })
    void otherNamesAreOneSentence(String name) {
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Perceptron.named(name, List.of("3x1024-tanh")))
                        .getMessage();
        assertEquals(
                "Unknown model '"
                        + name
                        + "': name layers, units, activation and, if it is to be another than"
                        + " 0.05, the deviation of initial weights, as in 3x1024-tanh.",
                sentence);
        ProgramRun run = ProgramRun.of("reproduce ororbia-table-1 --model " + name);
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains(name), run.err());
    }

    @Test
    void namesHaveADeviationWhereItIsNotTheUsual() {
        Perceptron net = Perceptron.named("8x256-leaky-relu-0.025", List.of());
        assertEquals(new Perceptron(8, 256, "leaky-relu", 0.025f), net);
        assertEquals("8x256-leaky-relu-0.025", net.toString());
        assertEquals("3x10-tanh", Perceptron.named("3x10-tanh", List.of()).toString());
        String sentence =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Perceptron.named("3x10-tanh-0.0", List.of()))
                        .getMessage();
        assertTrue(sentence.contains("above 0"), sentence);
    }

    @Test
    void methodsKeepTheirDecorrelationAndTheirOptimizer() {
        Method decorrelated = Perceptron.trained(Methods.named("lra+decor"));
        assertTrue(decorrelated.decorrelated());
        assertEquals(2e-4f, decorrelated.learningRates().rate("mnist", "dense", ADAM), 1e-9f);
        Method byMomentum = Perceptron.trained(Methods.named("lra-momentum"));
        assertEquals(MOMENTUM, byMomentum.optimizer(ADAM));
        assertEquals(
                Methods.named("lra").learningRates().rate("mnist", "dense", MOMENTUM),
                byMomentum.learningRates().rate("mnist", "dense", MOMENTUM),
                1e-9f);
    }

    @Test
    void decorrelationLayersAreTrainedWhereTheMethodHasThem(@TempDir Path folder) throws Exception {
        ProgramRun run =
                ProgramRun.of(
                        "reproduce ororbia-table-1 --model 2x20-tanh --methods lra,lra+decor"
                                + SMALL
                                + folder);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());
        List<Double> losses = new ArrayList<>();
        for (JsonElement each : figure(folder).get(0).getAsJsonObject().getAsJsonArray("runs")) {
            JsonObject epoch =
                    each.getAsJsonObject().getAsJsonArray("epochs").get(0).getAsJsonObject();
            losses.add(epoch.get("trainLoss").getAsDouble());
        }
        assertNotEquals(losses.get(0), losses.get(1));
    }

    private static JsonArray figure(Path folder) throws Exception {
        return JsonParser.parseString(Files.readString(folder.resolve("results.json")))
                .getAsJsonObject()
                .getAsJsonArray("figure");
    }

    private static List<String> methods(JsonElement part) {
        List<String> names = new ArrayList<>();
        for (JsonElement run : part.getAsJsonObject().getAsJsonArray("runs")) {
            names.add(run.getAsJsonObject().get("method").getAsString());
        }
        return names;
    }
}
