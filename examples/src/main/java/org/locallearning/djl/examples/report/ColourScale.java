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
package org.locallearning.djl.examples.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * What colours stand for.
 *
 * @param colours the colours from the least to the greatest number, 0xRRGGBB
 * @param labels numbers at even distances, the first at the least
 */
record ColourScale(List<Integer> colours, List<String> labels) {

    private static final int STEPS = 32;

    /** Describes a scale from -1 to 1 whose colours stand for other numbers. */
    static ColourScale signed(DoubleUnaryOperator number, double... labelled) {
        return of(-1, Palette::signed, number, labelled);
    }

    /** Describes a scale from 0 to 1 whose colours stand for other numbers. */
    static ColourScale shares(DoubleUnaryOperator number) {
        return of(0, Palette::share, number, 0, 0.5, 1);
    }

    /** Describes the scale of greys from 0, black, to 1, white. */
    static ColourScale greys() {
        return of(0, Palette::grey, value -> value, 0, 0.5, 1);
    }

    private static ColourScale of(
            double least,
            DoubleFunction<Integer> colour,
            DoubleUnaryOperator number,
            double... labelled) {
        List<Integer> colours = new ArrayList<>();
        for (int i = 0; i <= STEPS; ++i) {
            colours.add(colour.apply(least + (1 - least) * i / STEPS));
        }
        List<String> labels = new ArrayList<>();
        for (double value : labelled) {
            labels.add(ShortNumber.of(number.applyAsDouble(value)));
        }
        return new ColourScale(colours, labels);
    }
}
