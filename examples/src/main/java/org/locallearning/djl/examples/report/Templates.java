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

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/** The templates in this package's resources; they escape what they are filled with. */
final class Templates {

    /** A tenth of a pixel is enough for every coordinate. */
    private static final int DECIMALS = 1;

    private static final Mustache.Compiler COMPILER =
            Mustache.compiler()
                    .withLoader(name -> new StringReader(read(name)))
                    .withFormatter(Templates::text)
                    .withEscaper(
                            Escapers.simple(
                                    new String[][] {
                                        {"&", "&amp;"},
                                        {"<", "&lt;"},
                                        {">", "&gt;"},
                                        {"\"", "&quot;"}
                                    }))
                    .emptyStringIsFalse(true);

    private Templates() {}

    /**
     * Fills a template.
     *
     * @param name the name of the resource
     * @param view a record with a component for every place of the template
     * @return the text
     */
    static String fill(String name, Object view) {
        Template template = COMPILER.loadTemplate(name);
        return template.execute(view);
    }

    private static String text(Object value) {
        if (value instanceof Double number) {
            BigDecimal rounded =
                    BigDecimal.valueOf(number).setScale(DECIMALS, RoundingMode.HALF_EVEN);
            return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
        }
        return String.valueOf(value);
    }

    private static String read(String resource) {
        try (InputStream in = Templates.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
