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

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.transformer.BertNextSentenceBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.List;

/**
 * BERT's next sentence prediction from decorrelated pooled tokens: DJL's {@link
 * BertNextSentenceBlock} with a {@link Decorrelation} before its classifier.
 *
 * <ul>
 *   <li>input: the pooled tokens, (batch, E)
 *   <li>output: log probabilities, (batch, 2)
 * </ul>
 */
public final class DecorrelatedNextSentence extends AbstractBlock implements DecorrelatedComposite {

    private static final byte VERSION = 1;

    private final Block classifier;

    /**
     * Creates the decorrelated form of a next-sentence block.
     *
     * @param parts its child, converted
     */
    @SuppressWarnings("this-escape")
    DecorrelatedNextSentence(List<Block> parts) {
        super(VERSION);
        classifier = addChildBlock("binaryClassifier", parts.get(0));
    }

    /** {@inheritDoc} */
    @Override
    protected NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray scores =
                classifier.forward(parameterStore, inputs, training, params).singletonOrThrow();
        return new NDList(scores.logSoftmax(1));
    }

    /** {@inheritDoc} */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), 2)};
    }

    /** {@inheritDoc} */
    @Override
    protected void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        inputNames = List.of("pooledOutput");
        classifier.initialize(manager, dataType, inputShapes);
    }

    /** {@inheritDoc} */
    @Override
    public BertNextSentenceBlock fold(Folding folding, String path) {
        List<Block> parts = folding.children(this, path);
        NDArray weight = parts.get(0).getDirectParameters().get("weight").getArray();
        return PlainBlocks.over(new BertNextSentenceBlock(), parts, weight, inputShapes);
    }

    /** Returns the classifier. */
    @Override
    public String toString() {
        return "DecorrelatedNextSentence(" + classifier + ')';
    }
}
