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
package org.locallearning.djl.examples.results;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import org.junit.jupiter.api.Test;

class TileSheetTest {

    @Test
    void rowsComeBackFromASheet() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray rows = manager.create(new float[][] {{1, -2.5f}, {0, 3e-7f}, {9, 4}});
            List<double[]> back = TileSheet.of(rows).rows();
            assertEquals(3, back.size());
            assertArrayEquals(new double[] {1, -2.5}, back.get(0));
            assertEquals(3e-7f, back.get(1)[1]);
        }
    }
}
