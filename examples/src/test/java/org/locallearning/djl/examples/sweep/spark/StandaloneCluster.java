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

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.spark.launcher.JavaModuleOptions;
import org.locallearning.djl.examples.LocalLearning;

/**
 * A master and workers of Spark as processes of this machine, on the loopback address, from the
 * jars that the tests have on their class path.
 */
final class StandaloneCluster implements AutoCloseable {

    private static final Pattern MASTER =
            Pattern.compile("Starting Spark master at (spark://127\\.0\\.0\\.1:\\d+)");
    private static final Pattern REGISTERED =
            Pattern.compile("Successfully registered with master");
    private static final int POLL_MILLIS = 50;

    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final String master;

    StandaloneCluster(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Files.createDirectories(folder.resolve("home/jars"));
        Process process =
                start(
                        "master",
                        libraries(),
                        List.of("-Xmx256m", "-Dspark.master.rest.enabled=false"),
                        "org.apache.spark.deploy.master.Master",
                        List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
        master = await(process, "master", MASTER).group(1);
    }

    String master() {
        return master;
    }

    /** Starts workers with one core each, and waits until the master knows them. */
    List<Process> startWorkers(int count) throws IOException, InterruptedException {
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "worker" + processes.size();
            workers.add(
                    start(
                            name,
                            libraries(),
                            List.of("-Xmx256m"),
                            "org.apache.spark.deploy.worker.Worker",
                            List.of(
                                    "--host",
                                    "127.0.0.1",
                                    "--port",
                                    "0",
                                    "--webui-port",
                                    "0",
                                    "--cores",
                                    "1",
                                    "--memory",
                                    "1g",
                                    "--work-dir",
                                    folder.resolve(name).toString(),
                                    master)));
        }
        for (int i = 0; i < count; i++) {
            await(workers.get(i), "worker" + (processes.size() - count + i), REGISTERED);
        }
        return workers;
    }

    /** Starts a program with Spark on its class path, as a driver. */
    Process startDriver(String name, Class<?> main, String arguments) throws IOException {
        return start(
                name,
                System.getProperty("java.class.path"),
                List.of(
                        "-Xmx512m",
                        "-Dspark.driver.host=127.0.0.1",
                        "-Dspark.driver.bindAddress=127.0.0.1",
                        "-Dspark.executor.memory=512m"),
                main.getName(),
                List.of(arguments.split(" ")));
    }

    /** Starts a packed program by spark-submit, which knows of the master itself. */
    Process submit(String name, Path jar, String arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of("--master", master));
        for (String setting :
                List.of(
                        "spark.driver.host=127.0.0.1",
                        "spark.driver.bindAddress=127.0.0.1",
                        "spark.executor.memory=512m")) {
            line.addAll(List.of("--conf", setting));
        }
        line.addAll(List.of("--class", LocalLearning.class.getName(), jar.toString()));
        line.addAll(List.of(arguments.split(" ")));
        return start(
                name,
                libraries(),
                List.of("-Xmx512m"),
                "org.apache.spark.deploy.SparkSubmit",
                line);
    }

    /**
     * Packs the program that is tested, with its libraries where they are.
     *
     * @param jar the jar
     */
    static void pack(Path jar) throws IOException, URISyntaxException {
        Path classes =
                Path.of(
                        LocalLearning.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, LocalLearning.class.getName());
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Arrays.stream(
                                        System.getProperty("java.class.path")
                                                .split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(classes)) {
            packed.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                packed.putNextEntry(
                        new ZipEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, packed);
                packed.closeEntry();
            }
        }
    }

    /** Returns what a process has printed so far. */
    String log(String name) throws IOException {
        return new String(
                Files.readAllBytes(folder.resolve(name + ".log")), StandardCharsets.UTF_8);
    }

    private Process start(
            String name, String classPath, List<String> flags, String main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment()
                .putAll(
                        Map.of(
                                "SPARK_HOME",
                                folder.resolve("home").toString(),
                                "SPARK_SCALA_VERSION",
                                "2.13",
                                "SPARK_LOCAL_IP",
                                "127.0.0.1",
                                "SPARK_DIST_CLASSPATH",
                                libraries()));
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Jars alone: what executors have of this program is what the driver sends. */
    private static String libraries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> !new File(entry).getName().startsWith("djl-"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Matcher await(Process process, String name, Pattern line)
            throws IOException, InterruptedException {
        while (true) {
            boolean alive = process.isAlive();
            Matcher matcher = line.matcher(log(name));
            if (matcher.find()) {
                return matcher;
            }
            if (!alive) {
                throw new IllegalStateException(name + " ended: " + log(name));
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Ends all processes, and those that they started. */
    @Override
    public void close() {
        for (int i = processes.size() - 1; i >= 0; i--) {
            Process process = processes.get(i);
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
        }
        processes.forEach(process -> process.onExit().join());
    }
}
