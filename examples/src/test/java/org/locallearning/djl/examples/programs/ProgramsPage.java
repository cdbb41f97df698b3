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
package org.locallearning.djl.examples.programs;

import java.util.ArrayList;
import java.util.List;
import org.locallearning.djl.examples.method.Method;
import org.locallearning.djl.examples.method.Methods;

/** The table of programs and methods as a page of the documentation. */
final class ProgramsPage {

    private final List<String> notes = new ArrayList<>();

    private ProgramsPage() {}

    /** Returns the methods of the table: all but the stock trainer, which every program has. */
    static List<Method> methods() {
        return Methods.all().stream()
                .filter(method -> !method.name().equals(Methods.BASELINE))
                .toList();
    }

    /** Writes the page from what the programs did. */
    static String of(Matrix matrix) {
        return new ProgramsPage().write(matrix);
    }

    private String write(Matrix matrix) {
        StringBuilder page = new StringBuilder();
        page.append("# Programs and rules\n\n");
        page.append("DJL's own kinds of training programs, small, each run for ")
                .append(Run.STEPS)
                .append(" steps with its trainer line exchanged\nand nothing else. ")
                .append("Generated from a test that makes every run again.\n\n")
                .append("* **yes**: trains. The loss stays finite, every parameter that the stock")
                .append(" trainer moves is moved and no\n  other, and the steps are not")
                .append(" backpropagation's. Under `bp-tape` they are: parameters agree with the")
                .append(" stock\n  trainer's to 1e-5.\n")
                .append("* **no**: refused, with the sentence below the table.\n");
        List<String> rows = new ArrayList<>();
        for (Program program : Programs.all()) {
            StringBuilder row = new StringBuilder("| ").append(program.title()).append(" |");
            for (Method method : methods()) {
                row.append(' ').append(cell(matrix, program, method)).append(" |");
            }
            rows.add(row.append('\n').toString());
        }
        if (rows.stream().anyMatch(row -> row.contains("**wrong**"))) {
            page.append("* **wrong**: a known defect.\n");
        }
        page.append("\n| program |");
        methods().forEach(method -> page.append(" `").append(method.name()).append("` |"));
        page.append("\n| --- |").append(" --- |".repeat(methods().size())).append('\n');
        rows.forEach(page::append);
        page.append('\n');
        for (int i = 0; i < notes.size(); i++) {
            page.append(i + 1).append(". ").append(notes.get(i)).append('\n');
        }
        page.append("\nWhat the methods are: `compare --help` lists them.\n");
        return page.toString();
    }

    private String cell(Matrix matrix, Program program, Method method) {
        Verdict verdict = matrix.verdict(program, method);
        return switch (verdict.kind()) {
            case TRAINS -> "yes";
            case REFUSED -> "no (" + note(verdict.reason()) + ")";
            case WRONG -> "**wrong** (" + note(defect(program, method)) + ")";
        };
    }

    private static String defect(Program program, Method method) {
        return KnownDefects.of(program, method).map(KnownDefects.Defect::cause).orElse("unknown");
    }

    private int note(String text) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
        return notes.indexOf(text) + 1;
    }
}
