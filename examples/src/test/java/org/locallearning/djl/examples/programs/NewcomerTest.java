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
package org.locallearning.djl.examples.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The project that a newcomer copies compiles and runs, from its own text, in an empty folder. */
class NewcomerTest {

    private static final Path PROJECT = Path.of("src/test/resources/newcomer");
    private static final String CLASS = "demo.FirstRule";

    /** What only this program brings along, or only its tests. */
    private static final List<String> NOT_OF_THE_LIBRARIES =
            List.of("picocli", "jline", "jansi", "progressbar", "xchart", "archunit", "junit");

    @Test
    void pomNamesTheVersionsOfThisBuild() throws Exception {
        Element build =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(Path.of("../pom.xml").toFile())
                        .getDocumentElement();
        String version = text(build, "version");
        String djl = text(build, "djl.version");
        String pytorch = text(build, "pytorch.version");

        assertEquals(
                Map.of(
                        "djl-pc", version,
                        "djl-zoo", version,
                        "pytorch-native-cpu", pytorch,
                        "pytorch-jni", pytorch + "-" + djl,
                        "slf4j-simple", text(build, "slf4j.version")),
                dependencies());
    }

    @Test
    void compilesAndRuns(@TempDir Path folder) throws Exception {
        Path source = folder.resolve("FirstRule.java");
        Files.copy(PROJECT.resolve("src/main/java/demo/FirstRule.java"), source);
        Path classes = folder.resolve("classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(
                0,
                compiler.run(
                        null,
                        null,
                        null,
                        "-classpath",
                        librariesOnly(),
                        "-d",
                        classes.toString(),
                        source.toString()));

        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Dai.djl.pytorch.num_threads=1", "-classpath"));
        command.addAll(List.of(classes + File.pathSeparator + librariesOnly(), CLASS));
        Path out = folder.resolve("out");
        Process process =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectOutput(out.toFile())
                        .redirectErrorStream(true)
                        .start();

        int exit = process.waitFor();
        List<String> lines = Files.readAllLines(out);
        assertEquals(0, exit, String.join("\n", lines));
        assertTrue(Float.parseFloat(lines.get(lines.size() - 1)) > 0.5, lines.toString());
    }

    /** The class path of this test without what the newcomer's dependencies do not bring. */
    private static String librariesOnly() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath())
                .filter(entry -> !entry.startsWith(Path.of("target").toAbsolutePath()))
                .filter(
                        entry ->
                                NOT_OF_THE_LIBRARIES.stream()
                                        .noneMatch(entry.getFileName().toString()::contains))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Map<String, String> dependencies() throws Exception {
        Map<String, String> versions = new LinkedHashMap<>();
        NodeList all =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(PROJECT.resolve("pom.xml").toFile())
                        .getElementsByTagName("dependency");
        for (int i = 0; i < all.getLength(); i++) {
            Element each = (Element) all.item(i);
            versions.put(text(each, "artifactId"), text(each, "version"));
        }
        return versions;
    }

    private static String text(Element parent, String name) {
        return parent.getElementsByTagName(name).item(0).getTextContent().trim();
    }
}
