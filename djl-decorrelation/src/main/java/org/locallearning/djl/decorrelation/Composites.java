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
package org.locallearning.djl.decorrelation;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertBlock;
import ai.djl.nn.transformer.BertMaskedLanguageModelBlock;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.nn.transformer.BertPretrainingBlock;
import ai.djl.nn.transformer.TransformerEncoderBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** DJL's blocks that call their children by code of their own, and what takes their place. */
final class Composites {

    private static final List<Form<?>> FORMS =
            List.of(
                    new Form<>(
                            TransformerEncoderBlock.class,
                            1,
                            DecorrelatedTransformerEncoder::new,
                            Composites::inEncoder),
                    new Form<>(BertBlock.class, 3, DecorrelatedBert::new, Composites::inBert),
                    new Form<>(
                            BertPretrainingBlock.class,
                            4,
                            (block, parts) -> new DecorrelatedBertPretraining(parts),
                            Composites::inPretraining),
                    new Form<>(
                            BertMaskedLanguageModelBlock.class,
                            3,
                            DecorrelatedMaskedLanguageModel::new,
                            Composites::inMaskedLanguageModel),
                    new Form<>(
                            BertNextSentenceBlock.class,
                            1,
                            (block, parts) -> new DecorrelatedNextSentence(parts),
                            (block, inputs) -> List.<Shape[]>of(inputs)),
                    // converted before, where that left something out
                    new Form<>(
                            DecorrelatedTransformerEncoder.class,
                            1,
                            DecorrelatedTransformerEncoder::over,
                            Composites::inEncoder),
                    new Form<>(
                            DecorrelatedBert.class, 3, DecorrelatedBert::over, Composites::inBert),
                    new Form<>(
                            DecorrelatedBertPretraining.class,
                            4,
                            (block, parts) -> new DecorrelatedBertPretraining(parts),
                            Composites::inPretraining),
                    new Form<>(
                            DecorrelatedMaskedLanguageModel.class,
                            3,
                            DecorrelatedMaskedLanguageModel::over,
                            Composites::inMaskedLanguageModel),
                    new Form<>(
                            DecorrelatedNextSentence.class,
                            1,
                            (block, parts) -> new DecorrelatedNextSentence(parts),
                            (block, inputs) -> List.<Shape[]>of(inputs)));

    private Composites() {}

    /**
     * What takes the place of one of DJL's blocks.
     *
     * @param <B> the type of DJL's block
     * @param type its class; a subclass may compute something else
     * @param inputCount how many inputs it needs
     * @param rebuilt makes a block with the same function over other children
     * @param childInputs the shapes of the inputs of each child, by those of the block
     */
    record Form<B extends Block>(
            Class<B> type,
            int inputCount,
            BiFunction<B, List<Block>, Block> rebuilt,
            BiFunction<B, Shape[], List<Shape[]>> childInputs) {

        /** Returns a block over other children. */
        Block over(Block block, List<Block> parts) {
            return rebuilt.apply(type.cast(block), parts);
        }

        /**
         * Returns the shapes of the inputs of each child.
         *
         * @throws IllegalArgumentException if there are too few inputs
         */
        List<Shape[]> childInputs(Block block, Shape... inputs) {
            if (inputs.length < inputCount) {
                throw new IllegalArgumentException(
                        String.format(
                                Locale.ROOT,
                                "A %s takes %d inputs, but the shapes of a batch are %s; give"
                                        + " optBudget one for each input of the model.",
                                type.getSimpleName(),
                                inputCount,
                                Arrays.toString(inputs)));
            }
            return childInputs.apply(type.cast(block), inputs);
        }
    }

    /** Returns what takes the place of a block, if anything does. */
    static Optional<Form<?>> of(Block block) {
        for (Form<?> form : FORMS) {
            if (form.type() == block.getClass()) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    /** Returns the name that a child was added by, without its number. */
    static String nameOf(String child) {
        return child.replaceFirst("^[0-9]+", "");
    }

    private static List<Shape[]> inEncoder(Block block, Shape... inputs) {
        return Collections.nCopies(block.getChildren().size(), new Shape[] {inputs[0]});
    }

    private static List<Shape[]> inBert(Block block, Shape... inputs) {
        Shape[] outputs = block.getOutputShapes(inputs);
        int children = block.getChildren().size();
        List<Shape[]> each =
                new ArrayList<>(Collections.nCopies(children, new Shape[] {outputs[0]}));
        each.set(0, new Shape[] {inputs[0]});
        each.set(1, new Shape[] {inputs[1]});
        each.set(children - 1, new Shape[] {outputs[1]});
        return each;
    }

    private static List<Shape[]> inPretraining(Block block, Shape... inputs) {
        Block bert = block.getChildren().get(0).getValue();
        Shape[] sequences = Arrays.copyOf(inputs, 3);
        Shape[] encoded = bert.getOutputShapes(sequences);
        Shape table = DecorrelatedBert.table(bert.getChildren().get(0).getValue()).getShape();
        return List.of(
                sequences, new Shape[] {encoded[0], inputs[3], table}, new Shape[] {encoded[1]});
    }

    private static List<Shape[]> inMaskedLanguageModel(Block block, Shape... inputs) {
        Shape masked = inputs[1].add(inputs[0].get(2));
        return List.of(new Shape[] {masked}, new Shape[] {masked});
    }
}
