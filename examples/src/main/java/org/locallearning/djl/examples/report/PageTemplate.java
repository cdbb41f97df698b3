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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with places that are filled in, in the one style that all pages share. */
final class PageTemplate {

    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

    private PageTemplate() {}

    /** Fills in a page of this package's resources. */
    static String fill(String resource, Map<String, String> parts) {
        Map<String, String> all = new HashMap<>(parts);
        all.put(
                "style",
                fillPlaces(
                        read("style.css"),
                        Map.of(
                                "palette", Palette.styleSheet(),
                                "darkPalette", Palette.darkStyleSheet())));
        return fillPlaces(read(resource), all);
    }

    private static String fillPlaces(String template, Map<String, String> parts) {
        return PLACE.matcher(template)
                .replaceAll(place -> Matcher.quoteReplacement(parts.get(place.group(1))));
    }

    private static String read(String resource) {
        try (InputStream in = PageTemplate.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
