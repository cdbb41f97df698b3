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

import java.util.List;

/**
 * A page: one file that needs no other, for screens of any width, light or dark, and for print.
 *
 * @param title the title
 * @param subtitle what is written below it
 * @param sections the sections
 */
record Page(String title, String subtitle, List<Section> sections) {

    private record View(
            String title,
            String subtitle,
            List<Section> sections,
            List<Palette.Variable> light,
            List<Palette.Variable> dark) {}

    /** Returns the page as HTML. */
    String html() {
        return Templates.fill(
                "page.html", new View(title, subtitle, sections, Palette.light(), Palette.dark()));
    }
}
