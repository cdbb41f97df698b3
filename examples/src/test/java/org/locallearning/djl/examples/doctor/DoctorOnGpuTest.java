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
package org.locallearning.djl.examples.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.emulation.EmulatedCalls;
import org.locallearning.djl.emulation.EmulatedGpus;
import org.locallearning.djl.examples.ProgramRun;
import org.locallearning.djl.examples.commandline.ExitCode;

@Tag(EmulatedGpus.TAG)
class DoctorOnGpuTest {

    static {
        EmulatedGpus.install(2);
    }

    @AfterEach
    void restore() {
        EmulatedCalls.setTensorFloat32(false);
    }

    @Test
    void tellsReducedPrecisionFromWrongNumbers() {
        EmulatedCalls.setTensorFloat32(true);
        ProgramRun run = ProgramRun.of("doctor --json --threads 1");
        assertEquals(ExitCode.OK, run.exitCode(), run.out() + run.err());
        JsonObject report = JsonParser.parseString(run.out()).getAsJsonObject();
        assertEquals(2, report.getAsJsonArray("devices").size());
        assertTrue(report.get("convolution").getAsDouble() > 1e-4);
        List<String> reduced = new ArrayList<>();
        for (JsonElement check : report.getAsJsonArray("checks")) {
            JsonObject row = check.getAsJsonObject();
            if (row.get("verdict").getAsString().equals("REDUCED")) {
                assertEquals("conv", row.get("network").getAsString());
                reduced.add(row.get("method").getAsString());
            }
        }
        assertTrue(reduced.contains("bp"), reduced.toString());
    }
}
