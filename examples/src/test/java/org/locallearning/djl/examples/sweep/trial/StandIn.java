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
package org.locallearning.djl.examples.sweep.trial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Stands in for the program: does what its first argument says. */
final class StandIn {

    private StandIn() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> all = List.of(arguments);
        Path folder = Path.of(all.get(all.indexOf("--out") + 1));
        System.out.println("doing " + all.get(0));
        switch (all.get(0)) {
            case "die-once" -> {
                if (!Files.exists(folder.resolve("died"))) {
                    Files.createFile(folder.resolve("died"));
                    Runtime.getRuntime().halt(1);
                }
            }
            case "die" -> {
                System.out.println("one\ntwo");
                Runtime.getRuntime().halt(1);
            }
            case "refuse" -> {
                Files.writeString(folder.resolve("refused"), "x");
                System.out.println("Error: no.");
                System.exit(2);
            }
            case "stop" -> System.exit(TrialStarter.STOPPED);
            case "sleep" -> {
                Files.writeString(
                        folder.resolve("pid"), String.valueOf(ProcessHandle.current().pid()));
                Thread.sleep(60_000);
            }
            default -> {}
        }
        Files.writeString(folder.resolve(TrialStarter.RESULTS), "results of " + all.get(0));
    }
}
