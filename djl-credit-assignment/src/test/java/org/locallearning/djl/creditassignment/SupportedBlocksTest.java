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
package org.locallearning.djl.creditassignment;

import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.layer.LayerTable;

/** The page of supported blocks says what the table of layers says. */
class SupportedBlocksTest {

    @Test
    void thePageIsTheTable() throws IOException {
        GeneratedPage.check(
                Path.of("../docs/supported-blocks.md"), page(), SupportedBlocksTest.class);
    }

    private static String page() {
        StringBuilder page = new StringBuilder();
        page.append("# Supported blocks\n\n");
        page.append(
                "What the learning rules know of DJL's blocks, generated from `LayerTable.standard()`.\n\n");
        page.append("| block | how the error passes it |\n");
        page.append("| --- | --- |\n");
        for (Class<?> container : List.of(SequentialBlock.class, ParallelBlock.class)) {
            row(page, container, "walked: each child by its own entry");
        }
        for (Class<?> weighted : LayerTable.standard().getWeighted()) {
            row(page, weighted, "as the rule says: through the weight, or feedback in its place");
        }
        for (Class<?> exact : LayerTable.standard().getExact()) {
            row(page, exact, "differentiated exactly by every rule");
        }
        page.append(
                        "\nEvery other block runs as one piece, or is refused: see `optUnknownBlocks`. Rules"
                                + " that send errors through weights\nof their own do so inside a"
                                + " piece, too, wherever a weighted layer of this table, `RNN`,"
                                + " `LSTM` or `GRU` is found\nin it; all else there is"
                                + " differentiated exactly. Activations but Prelu, pooling and"
                                + " flattening are `LambdaBlock`s.\nA block of your own is added with")
                .append(
                        " `optLayers(LayerTable.standard().withWeighted(...))` or `withExact(...)`.\n");
        return page.toString();
    }

    private static void row(StringBuilder page, Class<?> block, String way) {
        page.append("| `").append(block.getName()).append("` | ").append(way).append(" |\n");
    }
}
