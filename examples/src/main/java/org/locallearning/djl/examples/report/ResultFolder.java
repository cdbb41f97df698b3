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
import java.nio.file.Path;
import org.locallearning.djl.examples.output.OutputFolder;

/**
 * The files that a command leaves for its reader: numbers, a page and a picture, each the old one
 * or the whole new one.
 */
public final class ResultFolder {

    /** The name of the file with the numbers. */
    public static final String NUMBERS = "results.json";

    private static final String PAGE = "report.html";

    private final OutputFolder folder;
    private boolean hasFonts = true;

    /**
     * Takes a folder.
     *
     * @param folder the folder
     */
    public ResultFolder(OutputFolder folder) {
        this.folder = folder;
    }

    /** Draws a picture. */
    @FunctionalInterface
    public interface Drawing {

        /**
         * Draws the picture.
         *
         * @return a PNG file
         * @throws FontsMissingException if this machine has no fonts for it
         */
        byte[] png() throws FontsMissingException;
    }

    /**
     * Returns the folder.
     *
     * @return where everything is
     */
    public OutputFolder folder() {
        return folder;
    }

    /**
     * Writes the numbers.
     *
     * @param json the whole file
     * @throws IOException if it cannot be written
     */
    public void writeNumbers(String json) throws IOException {
        folder.write(NUMBERS, json);
    }

    /**
     * Writes the page.
     *
     * @param html the whole page
     * @throws IOException if it cannot be written
     */
    public void writePage(String html) throws IOException {
        folder.write(PAGE, html);
    }

    /**
     * Removes a page of an earlier start, which would pass for this one's.
     *
     * @throws IOException if it cannot be removed
     */
    public void removePage() throws IOException {
        folder.remove(PAGE);
    }

    /**
     * Writes the picture, or removes that of an earlier start where this machine has no fonts.
     *
     * @param name its name
     * @param drawing draws it
     * @throws IOException if it cannot be written
     */
    public void writePicture(String name, Drawing drawing) throws IOException {
        if (!hasFonts) {
            return;
        }
        try {
            folder.write(name, drawing.png());
        } catch (FontsMissingException e) {
            hasFonts = false;
            folder.remove(name);
        }
    }

    /**
     * Names the file with the numbers.
     *
     * @return a line for the reader
     */
    public String numbers() {
        return "Numbers: " + path(NUMBERS);
    }

    /**
     * Names the page.
     *
     * @return a line for the reader
     */
    public String page() {
        return "Report: " + path(PAGE);
    }

    /**
     * Names a picture, or says why there is none.
     *
     * @param name its name
     * @return a line for the reader
     */
    public String picture(String name) {
        return hasFonts
                ? "Picture: " + path(name)
                : "Note: "
                        + name
                        + " was not drawn because this machine has no fonts that Java can draw with;"
                        + " the report shows the same.";
    }

    private Path path(String name) {
        return folder.file(name);
    }
}
