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
package org.locallearning.djl.examples.sweep.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.locallearning.djl.examples.LocalLearning;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

/**
 * A sweep on a real cluster of a master and two workers, of which one is killed, with a driver that
 * is killed and started again by spark-submit, comes to the results of a sweep on this machine.
 */
class SparkClusterTest {

    private static final int TRIALS = 8;
    private static final int POLL_MILLIS = 50;
    private static final Pattern STORED = Pattern.compile("8 trials up to epoch 2, (\\d) stored");

    @TempDir private Path folder;

    @Test
    @Timeout(600)
    void lossesChangeNothing() throws Exception {
        Path data = writeRepository(folder.resolve("repository"));
        String sweep =
                "sweep --dataset mnist --validation 100 --hidden 20 --threads 1"
                        + " --methods fa --seeds 1..2 --epochs 2"
                        + " --grid learning-rate=1e-4,1e-3,3e-3,1e-2 --data-repository "
                        + data
                        + " --out ";

        Path local = folder.resolve("local");
        ProgramRun run = ProgramRun.of(sweep + local);
        assertEquals(ExitCode.OK, run.exitCode(), run.err());

        Path out = folder.resolve("cluster");
        try (StandaloneCluster cluster = new StandaloneCluster(folder)) {
            List<Process> workers = cluster.startWorkers(2);
            String onCluster = sweep + out + " --ship-data --spark " + cluster.master();

            Process driver = cluster.startDriver("driver1", LocalLearning.class, onCluster);
            awaitStored(cluster, "driver1", driver, out, 1);
            // each worker has an executor, and one of them a trial
            awaitTrial(workers.get(0));
            workers.get(0).destroyForcibly().waitFor();
            awaitStored(cluster, "driver1", driver, out, 4);
            driver.destroyForcibly().waitFor();

            int stored = stored(out);
            assertTrue(stored < TRIALS, "the driver was killed in the middle");
            Path jar = folder.resolve("program.jar");
            StandaloneCluster.pack(jar);
            Path work = Files.createDirectory(folder.resolve("work"));
            driver =
                    cluster.submit(
                            "driver2", jar, sweep + out + " --ship-data --spark --work " + work);
            awaitFolder(work, driver);
            assertEquals(ExitCode.OK, driver.waitFor(), cluster.log("driver2"));
            Matcher goesOn = STORED.matcher(cluster.log("driver2"));
            assertTrue(goesOn.find(), cluster.log("driver2"));
            assertEquals(stored, Integer.parseInt(goesOn.group(1)));
            try (Stream<Path> left = Files.list(work)) {
                assertEquals(List.of(), left.toList(), "folders of trials that go no further");
            }
        }

        TreeMap<String, JsonObject> expected = runs(local);
        assertEquals(TRIALS, expected.size());
        assertEquals(expected, runs(out));
        assertEquals(read(local).get("chosen"), withoutSeconds(read(local), read(out)));
        for (JsonObject trial : stored(out, 8)) {
            String used =
                    trial.getAsJsonObject("results")
                            .getAsJsonObject("settings")
                            .get("dataRepository")
                            .getAsString();
            assertNotEquals(data.toString(), used, "an executor has data of its own");
            assertTrue(used.endsWith("/data"), used);
        }
    }

    /** Writes noise as images of digits, in DJL's layout. */
    private static Path writeRepository(Path root) throws IOException {
        Path artifact =
                Files.createDirectories(root.resolve("dataset/cv/ai/djl/basicdataset/mnist/1.0"));
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, Integer> part : Map.of("train", 400, "test", 40).entrySet()) {
            int count = part.getValue();
            Random random = new Random(count);
            byte[] images = new byte[count * 28 * 28];
            random.nextBytes(images);
            ByteBuffer pixels = ByteBuffer.allocate(16 + images.length);
            pixels.putInt(0x0803).putInt(count).putInt(28).putInt(28).put(images);
            ByteBuffer labels = ByteBuffer.allocate(8 + count);
            labels.putInt(0x0801).putInt(count);
            random.ints(count, 0, 10).forEach(label -> labels.put((byte) label));
            files.add(writeFile(artifact, part.getKey() + "_data", pixels));
            files.add(writeFile(artifact, part.getKey() + "_labels", labels));
        }
        Files.writeString(
                artifact.resolveSibling("metadata.json"),
                String.format(
                        """
                        {"metadataVersion": "0.2", "resourceType": "dataset", "application": "cv",
                         "groupId": "ai.djl.basicdataset", "artifactId": "mnist", "name": "mnist",
                         "artifacts": [{"version": "1.0", "files": {%s}}]}
                        """,
                        String.join(", ", files)));
        return root;
    }

    /** Writes a file and returns how the metadata name it. */
    private static String writeFile(Path artifact, String name, ByteBuffer content)
            throws IOException {
        Path file = artifact.resolve(name + ".gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content.array());
        }
        return String.format("\"%s\": {\"uri\": \"1.0/%s\"}", name, file.getFileName());
    }

    /** Only the time of a choice depends on where it was found. */
    private static JsonElement withoutSeconds(JsonObject local, JsonObject cluster) {
        JsonElement chosen = cluster.get("chosen").deepCopy();
        for (int i = 0; i < chosen.getAsJsonArray().size(); i++) {
            chosen.getAsJsonArray()
                    .get(i)
                    .getAsJsonObject()
                    .add(
                            "secondsPerEpoch",
                            local.getAsJsonArray("chosen")
                                    .get(i)
                                    .getAsJsonObject()
                                    .get("secondsPerEpoch"));
        }
        return chosen;
    }

    private static JsonObject read(Path out) throws IOException {
        return JsonParser.parseString(Files.readString(out.resolve("results.json")))
                .getAsJsonObject();
    }

    /** Returns the run of every trial, without times. */
    private static TreeMap<String, JsonObject> runs(Path out) throws IOException {
        TreeMap<String, JsonObject> runs = new TreeMap<>();
        for (JsonElement each : read(out).getAsJsonArray("trials")) {
            JsonObject trial = each.getAsJsonObject();
            JsonObject run = trial.getAsJsonObject("run");
            for (JsonElement epoch : run.getAsJsonArray("epochs")) {
                epoch.getAsJsonObject().remove("seconds");
                epoch.getAsJsonObject().remove("cpuSeconds");
            }
            assertEquals(
                    null,
                    runs.put(trial.get("setting") + " " + trial.get("seed"), run),
                    "a trial is there twice");
        }
        return runs;
    }

    private static void awaitStored(
            StandaloneCluster cluster, String name, Process driver, Path out, int count)
            throws IOException, InterruptedException {
        while (stored(out) < count) {
            assertTrue(driver.isAlive(), () -> log(cluster, name));
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String log(StandaloneCluster cluster, String name) {
        try {
            return cluster.log(name);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void awaitTrial(Process worker) throws InterruptedException {
        while (worker.children().flatMap(ProcessHandle::children).findAny().isEmpty()) {
            assertTrue(worker.isAlive());
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Waits until a trial has a folder in that of all executors. */
    private static void awaitFolder(Path work, Process driver)
            throws IOException, InterruptedException {
        while (true) {
            boolean alive = driver.isAlive();
            try (Stream<Path> folders = Files.list(work)) {
                if (folders.findAny().isPresent()) {
                    return;
                }
            }
            assertTrue(alive, "no trial had a folder in " + work);
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static int stored(Path out) throws IOException {
        return files(out).size();
    }

    private static List<JsonObject> stored(Path out, int count) throws IOException {
        List<Path> files = files(out);
        assertEquals(count, files.size());
        return files.stream()
                .map(
                        file -> {
                            try {
                                return JsonParser.parseString(Files.readString(file))
                                        .getAsJsonObject();
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                        })
                .toList();
    }

    private static List<Path> files(Path out) throws IOException {
        Path trials = out.resolve("trials");
        if (!Files.isDirectory(trials)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(trials)) {
            return files.filter(file -> file.getFileName().toString().matches("[^.].*\\.json"))
                    .toList();
        }
    }
}
