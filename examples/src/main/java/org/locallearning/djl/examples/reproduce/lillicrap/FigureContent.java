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
package org.locallearning.djl.examples.reproduce.lillicrap;

import java.util.List;
import org.locallearning.djl.examples.report.Diagram;

/**
 * A figure in numbers.
 *
 * @param text what it shows, and what of the set-up is not the paper's
 * @param diagrams the diagrams
 * @param titles the titles of the table's columns
 * @param rows the table
 * @param numbers the numbers behind it, a record or a list of them
 * @param seeds the seeds that were used
 */
record FigureContent(
        String text,
        List<Diagram> diagrams,
        List<String> titles,
        List<List<String>> rows,
        Object numbers,
        List<Integer> seeds) {}
