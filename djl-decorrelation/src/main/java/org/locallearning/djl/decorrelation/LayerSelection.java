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

import java.util.List;
import java.util.stream.Stream;

/**
 * Which layers of a model to decorrelate.
 *
 * @param include patterns of their paths; none stands for every layer
 * @param exclude patterns of paths of which none is to match
 */
record LayerSelection(List<PathPattern> include, List<PathPattern> exclude) {

    LayerSelection {
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    boolean contains(String path) {
        boolean included = include.isEmpty() || include.stream().anyMatch(p -> p.matches(path));
        return included && exclude.stream().noneMatch(p -> p.matches(path));
    }

    /** Returns the patterns that match none of the paths. */
    List<PathPattern> idle(List<String> paths) {
        return Stream.concat(include.stream(), exclude.stream())
                .filter(pattern -> paths.stream().noneMatch(pattern::matches))
                .toList();
    }

    @Override
    public String toString() {
        return "include " + include + ", exclude " + exclude;
    }
}
