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
package org.locallearning.djl.creditassignment.lra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.locallearning.djl.creditassignment.NetworkCase;
import org.locallearning.djl.creditassignment.layer.LayerTable;
import org.locallearning.djl.creditassignment.tape.Network;
import org.locallearning.djl.creditassignment.tape.StageOutline;

/** Which stage sends its error to which, for each wiring, and what is refused. */
class ErrorGraphTest {

    /** Five layers, 01 to 05. */
    private static final List<StageOutline> LAYERS = layers("1", "2", "3", "4", "5");

    private static List<StageOutline> layers(String... paths) {
        return List.of(paths).stream().map(path -> new StageOutline(path, List.of())).toList();
    }

    private static ErrorConnection connection(String text) {
        String[] ends = text.split(">");
        return new ErrorConnection(ends[0], ends[1]);
    }

    private static List<ErrorConnection> connections(String... texts) {
        return List.of(texts).stream().map(ErrorGraphTest::connection).toList();
    }

    private static void assertWiring(
            ErrorWiring wiring, List<StageOutline> stages, String... expected) {
        List<ErrorConnection> chosen = wiring.connect(stages);
        assertEquals(Set.copyOf(connections(expected)), Set.copyOf(chosen));
        assertEquals(expected.length, chosen.size());
        ErrorGraph.of(stages, chosen);
    }

    private static String refusal(String... connections) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> ErrorGraph.of(LAYERS, connections(connections)))
                .getMessage();
    }

    @Test
    void chainLeadsFromEachLayerToTheOneBelow() {
        assertWiring(ErrorWiring.chain(), LAYERS, "5>4", "4>3", "3>2", "2>1");
    }

    @Test
    void skipFollowsAlgorithm2() {
        assertWiring(ErrorWiring.skip(2), LAYERS, "5>4", "4>3", "5>2", "2>1");
        assertWiring(ErrorWiring.skip(3), LAYERS, "5>4", "5>3", "3>2", "2>1");
        assertWiring(ErrorWiring.fromOutput(), LAYERS, "5>4", "5>3", "5>2", "5>1");
    }

    @Test
    void residualBlocksAreMetFromTheOutput() {
        List<StageOutline> stages = Network.of(residualMlp(), LayerTable.standard()).getOutline();
        String block = stages.get(1).path();
        String output = stages.get(2).path();
        List<StageOutline> main = stages.get(1).branches().get(0);
        assertEquals(2, main.size());
        assertWiring(ErrorWiring.residualBlocks(), stages, output + ">" + block);
        assertWiring(
                ErrorWiring.residualBlocksWithChains(),
                stages,
                output + ">" + block,
                block + ">" + main.get(0).path());
    }

    /** Without a connection, all would be backpropagation. */
    @Test
    void residualBlocksThatAreNotThereAreRefused() {
        for (ErrorWiring wiring :
                List.of(ErrorWiring.residualBlocks(), ErrorWiring.residualBlocksWithChains())) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> wiring.connect(LAYERS))
                            .getMessage();
            assertTrue(message.contains("no block of branches below the output 5"), message);
            // a single layer has no other way to learn
            assertEquals(List.of(), wiring.connect(LAYERS.subList(4, 5)));
        }
    }

    private static Block residualMlp() {
        Block main =
                new SequentialBlock()
                        .add(NetworkCase.linear(6))
                        .add(Activation::tanh)
                        .add(NetworkCase.linear(6));
        return new SequentialBlock()
                .add(NetworkCase.linear(6))
                .add(Activation::tanh)
                .add(
                        new ParallelBlock(
                                list ->
                                        new NDList(
                                                list.get(0)
                                                        .singletonOrThrow()
                                                        .add(list.get(1).singletonOrThrow())),
                                List.of(main, Blocks.identityBlock())))
                .add(Activation::tanh)
                .add(NetworkCase.linear(3));
    }

    @Test
    void everyReceiverFollowsItsSenders() {
        List<String> order =
                ErrorGraph.of(LAYERS, connections("1>3", "4>1", "5>4", "3>2", "4>2"))
                        .getReceivers();
        assertEquals(Set.of("1", "2", "3", "4"), Set.copyOf(order));
        assertTrue(order.indexOf("4") < order.indexOf("1"));
        assertTrue(order.indexOf("1") < order.indexOf("3"));
        assertTrue(order.indexOf("3") < order.indexOf("2"));
    }

    @Test
    void depthKeepsWhatTheErrorReachesInSoManySteps() {
        ErrorGraph graph = ErrorGraph.of(LAYERS, connections("5>4", "4>3", "3>2", "5>2", "2>1"));
        assertEquals(
                Set.copyOf(connections("5>4", "5>2")),
                Set.copyOf(graph.limitedTo(1).getConnections()));
        // 3 is two steps away, so that its own connections are the third
        assertEquals(
                Set.copyOf(connections("5>4", "4>3", "5>2", "2>1")),
                Set.copyOf(graph.limitedTo(2).getConnections()));
        assertEquals(
                Set.copyOf(graph.getConnections()),
                Set.copyOf(graph.limitedTo(3).getConnections()));
    }

    @Test
    void aCycleIsNamed() {
        String message = refusal("5>4", "4>3", "3>2", "2>3");
        assertTrue(message.contains("3 → 2 → 3") || message.contains("2 → 3 → 2"), message);
        assertTrue(refusal("5>4", "1>1").contains("1 → 1"));
    }

    @Test
    void aDanglingConnectionIsNamed() {
        assertTrue(refusal("5>4", "4>9").contains("4 → 9 dangles: the network has no stage 9"));
        assertTrue(refusal("9>4").contains("9 → 4 dangles: the network has no stage 9"));
        assertTrue(refusal("5>4", "3>2").contains("3 → 2 dangles: no error reaches 3"));
    }

    @Test
    void theOutputTakesNoErrorAndNothingComesTwice() {
        assertTrue(refusal("5>4", "4>5").contains("4 → 5 leads to the output"));
        assertTrue(refusal("5>4", "5>4").contains("5 → 4 is given twice"));
    }

    @Test
    void aNetworkWithoutLayersIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ErrorGraph.of(List.of(), List.of()));
    }

    @Test
    void aGapBelowOneIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ErrorWiring.skip(0));
    }
}
