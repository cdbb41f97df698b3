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
import java.util.stream.Collectors;

/**
 * Lines and points in a plane with two axes: curves, clouds of points, histograms, flow fields.
 *
 * @param title the title
 * @param abscissa what the horizontal axis is
 * @param ordinate what the vertical axis is
 * @param layers what is drawn, the first below the others; one that draws nothing is a remark in
 *     the legend
 * @param guides values that get a line across the diagram
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param square whether the area is square and what lies beyond the axes is cut off
 */
public record Diagram(
        String title,
        String abscissa,
        String ordinate,
        List<Layer> layers,
        List<Guide> guides,
        Axis x,
        Axis y,
        boolean square)
        implements Figure {

    /** What the horizontal axis of time is called. */
    static final String SECONDS = "seconds of training";

    /** What the legend says of the arrows in the place of points above the axis. */
    static final String ARROWS = "arrows: above the axis";

    /** How many times as high as all others a point is that hides them. */
    private static final double TOO_HIGH = 3;

    private static final int MOST_NAMED_LAYERS = 8;
    private static final List<String> DASHES = List.of("", "7 3", "2 3", "9 3 2 3");

    /**
     * Creates a diagram, and tells lines apart that have no marks by their dashes.
     *
     * @param title the title
     * @param abscissa what the horizontal axis is
     * @param ordinate what the vertical axis is
     * @param layers what is drawn
     * @param guides values that get a line across the diagram
     * @param x the horizontal axis
     * @param y the vertical axis
     * @param square whether the area is square and what lies beyond the axes is cut off
     */
    public Diagram {
        layers = dashed(layers);
        guides = List.copyOf(guides);
    }

    /**
     * Creates a diagram whose axes hold everything that is drawn.
     *
     * @param title the title
     * @param abscissa what the horizontal axis is
     * @param ordinate what the vertical axis is
     * @param layers what is drawn, the first below the others
     */
    public Diagram(String title, String abscissa, String ordinate, List<Layer> layers) {
        this(
                title,
                abscissa,
                ordinate,
                layers,
                List.of(),
                abscissas(layers),
                Extent.of(layers, 1).axis(),
                false);
    }

    /** Lines go from edge to edge; points alone are given some room. */
    private static Axis abscissas(List<Layer> layers) {
        Extent extent = Extent.of(layers, 0);
        boolean lines = layers.stream().anyMatch(layer -> !layer.lines.isEmpty());
        if (!lines || extent.least > extent.greatest) {
            return extent.axis();
        }
        boolean counted =
                layers.stream()
                        .flatMap(layer -> layer.lines.stream())
                        .flatMap(List::stream)
                        .allMatch(point -> point[0] == Math.rint(point[0]));
        if (counted) {
            return Axis.ofCounts(extent.least, extent.greatest);
        }
        return extent.least < extent.greatest
                ? Axis.between(extent.least, extent.greatest)
                : extent.axis();
    }

    /**
     * What is drawn in one colour.
     *
     * @param name what the legend calls it, or null to leave it out of the legend
     * @param colour its colour as CSS has it
     * @param shape the shape of its marks
     * @param dash how its lines are dashed, empty for solid lines
     * @param band the corners of an area, possibly none
     * @param lines lines, each through points (x, y)
     * @param marks points
     */
    public record Layer(
            String name,
            String colour,
            Shape shape,
            String dash,
            List<double[]> band,
            List<List<double[]>> lines,
            List<Mark> marks) {

        Layer(
                String name,
                String colour,
                Shape shape,
                List<double[]> band,
                List<List<double[]>> lines,
                List<Mark> marks) {
            this(name, colour, shape, "", band, lines, marks);
        }

        /**
         * Creates a layer of lines.
         *
         * @param name what the legend calls it, or null
         * @param place the place of its colour
         * @param lines the lines, each through points (x, y)
         * @return the layer
         */
        public static Layer lines(String name, int place, List<List<double[]>> lines) {
            return new Layer(
                    name, Palette.series(place), Shape.of(place), List.of(), lines, List.of());
        }

        /**
         * Creates a layer of points.
         *
         * @param name what the legend calls it, or null
         * @param place the place of its colour
         * @param points the points (x, y)
         * @return the layer
         */
        public static Layer points(String name, int place, List<double[]> points) {
            List<Mark> marks =
                    points.stream().map(point -> new Mark(point[0], point[1], "", true)).toList();
            return new Layer(
                    name, Palette.series(place), Shape.of(place), List.of(), List.of(), marks);
        }

        /** Creates a layer of which the legend alone says something. */
        static Layer remark(String text) {
            return new Layer(text, null, null, List.of(), List.of(), List.of());
        }

        private Layer withName(String other) {
            return new Layer(other, colour, shape, dash, band, lines, marks);
        }

        private Layer withDash(String other) {
            return new Layer(name, colour, shape, other, band, lines, marks);
        }

        /** Returns the layer with its lines and its band no higher than a value. */
        private Layer below(double top) {
            return new Layer(
                    name,
                    colour,
                    shape,
                    dash,
                    below(band, top),
                    lines.stream().map(line -> below(line, top)).toList(),
                    marks.stream().filter(mark -> !(mark.y > top)).toList());
        }

        private static List<double[]> below(List<double[]> points, double top) {
            return points.stream()
                    .map(point -> new double[] {point[0], Math.min(point[1], top)})
                    .toList();
        }

        /** Returns arrows in the place of the marks that are higher, the first always drawn. */
        private Layer arrows(double top) {
            List<Mark> arrows = new ArrayList<>();
            for (Mark mark : marks) {
                if (mark.y > top) {
                    arrows.add(new Mark(mark.x, top, mark.text, mark.visible || arrows.isEmpty()));
                }
            }
            return new Layer(null, colour, Shape.ARROW, List.of(), List.of(), arrows);
        }

        private boolean isNamedLines() {
            return name != null && !lines.isEmpty() && marks.isEmpty();
        }

        private LegendEntry legendEntry() {
            return new LegendEntry(
                    name,
                    colour,
                    lines.isEmpty() ? null : dash,
                    marks.stream().anyMatch(Mark::visible) ? shape.path() : null);
        }
    }

    /**
     * A point with what is told where the reader points at it.
     *
     * @param x where it lies
     * @param y where it lies
     * @param text what is told, possibly nothing
     * @param visible whether it is drawn before the reader points at it
     */
    public record Mark(double x, double y, String text, boolean visible) {}

    /**
     * A dashed line across the diagram.
     *
     * @param value where it lies on the vertical axis
     * @param text what is written beside it, empty for nothing
     * @param colour its colour as CSS has it
     */
    public record Guide(double value, String text, String colour) {

        /**
         * Creates the line of a value that everybody knows.
         *
         * @param value the value
         * @return the line without a text
         */
        static Guide at(double value) {
            return new Guide(value, "", "var(--ink)");
        }

        /**
         * Creates the line of what a paper reports.
         *
         * @param value the value
         * @param whose which of the curves it is of, empty where there is one alone
         * @param text the value as it is written
         * @param place the place of the curve's colour
         * @return the line
         */
        public static Guide paper(double value, String whose, String text, int place) {
            return new Guide(
                    value,
                    (whose.isEmpty() ? "paper: " : "paper, " + whose + ": ") + text,
                    Palette.series(place));
        }
    }

    /** The shape of marks, so that colour is not needed to tell them apart. */
    public enum Shape {
        /** A disc. */
        DISC("M-3.2 0a3.2 3.2 0 1 0 6.4 0 3.2 3.2 0 1 0-6.4 0Z"),
        /** A square. */
        SQUARE("M-2.9-2.9h5.8v5.8h-5.8Z"),
        /** A triangle that stands on a side. */
        TRIANGLE("M0-3.9 3.7 2.8H-3.7Z"),
        /** A square that stands on a corner. */
        DIAMOND("M0-4.1 4.1 0 0 4.1-4.1 0Z"),
        /** A cross of two diagonals. */
        CROSS("M-5-3.8-3.8-5 0-1.2 3.8-5 5-3.8 1.2 0 5 3.8 3.8 5 0 1.2-3.8 5-5 3.8-1.2 0Z"),
        /** An arrow that points up, below the point. */
        ARROW("M0 0 5 7H1.5V13H-1.5V7H-5Z");

        /** The cross is larger than the others, for a single point; the arrow says something. */
        private static final int FOR_SERIES = 4;

        private final String path;

        Shape(String path) {
            this.path = path;
        }

        static Shape of(int place) {
            return values()[Palette.apart(place) % FOR_SERIES];
        }

        /** Returns its outline around the origin. */
        String path() {
            return path;
        }
    }

    /**
     * Draws curves in the order of the colours, each with the range over its seeds.
     *
     * @param title the title
     * @param abscissa what the horizontal axis is
     * @param ordinate what the vertical axis is
     * @param curves the curves; an empty one takes its colour and is left out
     * @param format how a value is written where the reader points at it
     * @return the diagram
     */
    public static Diagram curves(
            String title,
            String abscissa,
            String ordinate,
            List<Curve> curves,
            DoubleFunction<String> format) {
        return new Diagram(title, abscissa, ordinate, layers(curves, abscissa, format));
    }

    /**
     * Draws curves over the seconds of training, from their beginning on, in the order of the
     * colours, each with the range over its seeds.
     *
     * @param title the title
     * @param ordinate what the vertical axis is
     * @param curves the curves
     * @param format how a value is written where the reader points at it
     * @return the diagram
     */
    public static Diagram curvesOverSeconds(
            String title, String ordinate, List<Curve> curves, DoubleFunction<String> format) {
        return overSeconds(title, ordinate, layers(curves, SECONDS, format), List.of());
    }

    private static List<Layer> layers(
            List<Curve> curves, String abscissa, DoubleFunction<String> format) {
        List<Layer> layers = new ArrayList<>();
        for (Curve curve : curves) {
            int place = layers.size();
            layers.add(curve.layer(Palette.series(place), Shape.of(place), abscissa, format));
        }
        return layers;
    }

    /** Draws layers over the seconds of training, from its beginning on. */
    static Diagram overSeconds(
            String title, String ordinate, List<Layer> layers, List<Guide> guides) {
        Extent seconds = Extent.of(layers, 0);
        return new Diagram(
                title,
                SECONDS,
                ordinate,
                layers,
                guides,
                seconds.greatest > 0 ? Axis.between(0, seconds.greatest) : seconds.axis(),
                Extent.of(layers, 1).with(guides).axis(),
                false);
    }

    /** Draws layers over epochs. */
    static Diagram overEpochs(
            String title, String ordinate, List<Layer> layers, List<Guide> guides) {
        Extent epochs = Extent.of(layers, 0);
        return new Diagram(
                title,
                "epoch",
                ordinate,
                layers,
                guides,
                // where nothing is drawn, as when every run diverged, the axes are there
                epochs.least <= epochs.greatest
                        ? Axis.ofCounts(epochs.least, epochs.greatest)
                        : epochs.axis(),
                Extent.of(layers, 1).with(guides).axis(),
                false);
    }

    /**
     * Draws a curve for each layer of a network, on a ramp of colours from the first to the last
     * layer; empty curves are left out.
     */
    static Diagram overNetwork(
            String title,
            String ordinate,
            List<Curve> network,
            List<Guide> guides,
            DoubleFunction<String> format) {
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < network.size(); ++i) {
            if (!network.get(i).points().isEmpty()) {
                String colour = Palette.layer(i, network.size());
                layers.add(network.get(i).layer(colour, Shape.of(i), "epoch", format));
            }
        }
        int last = layers.size() - 1;
        if (last >= MOST_NAMED_LAYERS) {
            layers.subList(1, last).replaceAll(layer -> layer.withName(null));
            layers.add(1, Layer.remark("… " + (last - 1) + " layers between …"));
        }
        return overEpochs(title, ordinate, layers, guides);
    }

    /**
     * Returns the same diagram with lines across it, and a vertical axis that holds them.
     *
     * @param lines the lines
     * @return the same otherwise
     */
    public Diagram with(List<Guide> lines) {
        return new Diagram(
                title,
                abscissa,
                ordinate,
                layers,
                lines,
                x,
                Extent.of(layers, 1).with(lines).axis(),
                square);
    }

    /**
     * Returns the same diagram, or, where points are so much higher than the layers that count that
     * these would lie on the ground, one whose axis leaves such points out: what is above it is
     * drawn at its upper end, with arrows that tell the values.
     *
     * @param counting the layers that count, some of this diagram's
     */
    Diagram notAbove(List<Layer> counting) {
        Extent all = Extent.of(layers, 1).with(guides);
        Extent own = Extent.of(counting, 1).with(guides);
        if (own.least > own.greatest || all.greatest <= TOO_HIGH * own.greatest) {
            return this;
        }
        Extent held = own.with(all.least);
        for (Layer layer : layers) {
            for (Mark mark : layer.marks) {
                held = mark.y <= TOO_HIGH * own.greatest ? held.with(mark.y) : held;
            }
        }
        Axis axis = held.axis();
        List<Layer> cut = new ArrayList<>();
        for (Layer layer : layers) {
            cut.add(layer.below(axis.to()));
            Layer arrows = layer.arrows(axis.to());
            if (!arrows.marks.isEmpty()) {
                cut.add(arrows);
            }
        }
        cut.add(Layer.remark(ARROWS));
        return new Diagram(title, abscissa, ordinate, cut, guides, x, axis, square);
    }

    /** {@inheritDoc} */
    @Override
    public String description() {
        String across =
                guides.stream()
                        .map(Guide::text)
                        .filter(text -> !text.isEmpty())
                        .collect(Collectors.joining("; "));
        return title
                + ": "
                + ordinate
                + ", over "
                + abscissa
                + (across.isEmpty() ? "" : "; lines across: " + across);
    }

    /** {@inheritDoc} */
    @Override
    public List<LegendEntry> legend() {
        return layers.stream().filter(layer -> layer.name != null).map(Layer::legendEntry).toList();
    }

    private static List<Layer> dashed(List<Layer> layers) {
        if (layers.stream().filter(Layer::isNamedLines).count() < 2) {
            return List.copyOf(layers);
        }
        List<Layer> dashed = new ArrayList<>();
        int number = 0;
        for (Layer layer : layers) {
            dashed.add(
                    layer.isNamedLines()
                            ? layer.withDash(DASHES.get(Palette.apart(number++) % DASHES.size()))
                            : layer);
        }
        return List.copyOf(dashed);
    }

    /** The range of one coordinate of everything that is drawn. */
    record Extent(double least, double greatest) {

        static Extent of(List<Layer> layers, int coordinate) {
            Extent extent = new Extent(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
            for (Layer layer : layers) {
                for (double[] corner : layer.band) {
                    extent = extent.with(corner[coordinate]);
                }
                for (List<double[]> line : layer.lines) {
                    for (double[] point : line) {
                        extent = extent.with(point[coordinate]);
                    }
                }
                for (Mark mark : layer.marks) {
                    extent = extent.with(coordinate == 0 ? mark.x : mark.y);
                }
            }
            return extent;
        }

        Extent with(double value) {
            return Double.isFinite(value)
                    ? new Extent(Math.min(least, value), Math.max(greatest, value))
                    : this;
        }

        Extent with(List<Guide> guides) {
            Extent extent = this;
            for (Guide guide : guides) {
                extent = extent.with(guide.value);
            }
            return extent;
        }

        Axis axis() {
            return least <= greatest ? Axis.covering(least, greatest) : Axis.covering(0, 1);
        }
    }
}
