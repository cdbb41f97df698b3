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
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Paints figures as SVG: works out where everything lies, and fills the templates with it. */
final class Painter {

    private static final double PLOT = 210;
    private static final double LINE = 2;
    private static final double FINE = 1.2;
    private static final double BAR = 26;
    private static final double CELL = 34;
    private static final double SCALE = 10;
    private static final double SCALE_ROW = 32;

    /** From this many pixels on, a picture is drawn smaller than it is. */
    private static final int SMOOTH = 300;

    private Painter() {}

    /** Paints a figure, without title, remark and legend. */
    static Painting paint(Figure figure) {
        if (figure instanceof Diagram diagram) {
            return paint(diagram);
        } else if (figure instanceof Bars bars) {
            return paint(bars);
        } else if (figure instanceof HeatMap map) {
            return paint(map);
        }
        return paint((Bitmap) figure);
    }

    private record DiagramView(
            PlotArea area,
            boolean cut,
            List<GuideView> guides,
            List<BandView> bands,
            List<LineView> lines,
            List<GuideLabels.Label> labels,
            List<MarkView> marks) {}

    private record GuideView(String colour, double at) {}

    private record BandView(String colour, String points) {}

    private record LineView(String colour, String dash, double width, String points) {}

    private record MarkView(
            String colour, double x, double y, String path, boolean visible, String text) {}

    private static Painting paint(Diagram diagram) {
        Axis x = diagram.x();
        Axis y = diagram.y();
        PlotArea area =
                PlotArea.around(
                        PlotArea.labels(y),
                        PlotArea.labels(x),
                        diagram.ordinate(),
                        diagram.abscissa());
        area = area.withHeight(diagram.square() ? area.width() : PLOT);
        area = area.withTicks(area.rows(y), area.columns(x, true));
        List<BandView> bands = new ArrayList<>();
        List<LineView> lines = new ArrayList<>();
        List<MarkView> marks = new ArrayList<>();
        for (Diagram.Layer layer : diagram.layers()) {
            if (!layer.band().isEmpty()) {
                bands.add(new BandView(layer.colour(), points(area, diagram, layer.band())));
            }
            for (List<double[]> line : layer.lines()) {
                double width = layer.lines().size() > 1 ? FINE : LINE;
                lines.add(
                        new LineView(
                                layer.colour(), layer.dash(), width, points(area, diagram, line)));
            }
            for (Diagram.Mark mark : layer.marks()) {
                if (isSomewhere(mark.x(), mark.y())) {
                    marks.add(
                            new MarkView(
                                    layer.colour(),
                                    area.x(x, mark.x()),
                                    area.y(y, mark.y()),
                                    layer.shape().path(),
                                    mark.visible(),
                                    mark.text()));
                }
            }
        }
        List<GuideView> guides = new ArrayList<>();
        for (Diagram.Guide guide : diagram.guides()) {
            guides.add(new GuideView(guide.colour(), area.y(y, guide.value())));
        }
        List<GuideLabels.Label> labels = GuideLabels.place(diagram.guides(), area, y);
        return fill(
                "diagram.svg",
                new DiagramView(area, diagram.square(), guides, bands, lines, labels, marks),
                area.end());
    }

    /** Points that lie nowhere, such as the logarithm of 0, are left out. */
    private static boolean isSomewhere(double x, double y) {
        return Double.isFinite(x) && Double.isFinite(y);
    }

    private static String points(PlotArea area, Diagram diagram, List<double[]> points) {
        StringBuilder text = new StringBuilder();
        for (double[] point : points) {
            if (isSomewhere(point[0], point[1])) {
                text.append(
                        String.format(
                                Locale.ROOT,
                                "%.1f,%.1f ",
                                area.x(diagram.x(), point[0]),
                                area.y(diagram.y(), point[1])));
            }
        }
        return text.toString().stripTrailing();
    }

    private record BarsView(PlotArea area, List<BarView> bars) {}

    private record BarView(
            double top,
            double width,
            double height,
            boolean beside,
            double textAt,
            double textLine,
            String text) {}

    private static Painting paint(Bars bars) {
        Axis axis = bars.axis();
        PlotArea area =
                PlotArea.around(bars.names(), PlotArea.labels(axis), "", bars.abscissa())
                        .withHeight(BAR * bars.names().size());
        List<PlotArea.Tick> rows = new ArrayList<>();
        List<BarView> views = new ArrayList<>();
        for (int i = 0; i < bars.names().size(); ++i) {
            double middle = area.top() + (i + 0.5) * BAR;
            PlotArea.Tick row = new PlotArea.Tick(middle, bars.names().get(i), false);
            rows.add(row);
            double length = axis.position(bars.lengths().get(i)) * area.width();
            String text = bars.format().apply(bars.lengths().get(i));
            double textWidth = TextSize.width(text, PlotArea.TICK_FONT);
            boolean beside = length + textWidth + 8 <= area.width();
            views.add(
                    new BarView(
                            middle - 0.35 * BAR,
                            length,
                            0.7 * BAR,
                            beside,
                            area.left() + length + (beside ? 4 : -4 - textWidth),
                            row.baseLine(),
                            text));
        }
        area = area.withTicks(rows, area.columns(axis, true));
        return fill("bars.svg", new BarsView(area, views), area.end());
    }

    private record HeatMapView(PlotArea area, List<CellView> cells, ScaleView scale) {}

    private record CellView(
            double left,
            double top,
            double width,
            double height,
            String colour,
            double textAt,
            double textLine,
            boolean dark,
            String text) {}

    private static Painting paint(HeatMap map) {
        int columns = map.columns().size();
        int rows = map.rows().size();
        PlotArea area =
                PlotArea.around(map.rows(), List.of(), map.ordinate(), map.abscissa())
                        .withHeight(CELL * rows);
        double width = area.width() / columns;
        double height = area.height() / rows;
        List<PlotArea.Tick> across = new ArrayList<>();
        List<PlotArea.Tick> down = new ArrayList<>();
        List<CellView> cells = new ArrayList<>();
        for (int row = 0; row < rows; ++row) {
            double top = area.bottom() - (row + 1) * height;
            PlotArea.Tick middle = new PlotArea.Tick(top + height / 2, map.rows().get(row), false);
            down.add(middle);
            for (int column = 0; column < columns; ++column) {
                double value = map.values().get(row).get(column);
                boolean coloured = map.greatest() > 0 && !Double.isNaN(value);
                double share = coloured ? value / map.greatest() : 0;
                double left = area.left() + column * width;
                cells.add(
                        new CellView(
                                left,
                                top,
                                width,
                                height,
                                Palette.hex(Palette.share(share)),
                                left + width / 2,
                                middle.baseLine(),
                                Palette.isDark(Palette.share(share)),
                                (value > map.greatest() ? "↑" : "") + map.format().apply(value)));
            }
        }
        int every = PlotArea.every(map.columns(), width);
        for (int column = 0; column < columns; column += every) {
            double at = area.left() + (column + 0.5) * width;
            across.add(new PlotArea.Tick(at, map.columns().get(column), false));
        }
        area = area.withTicks(down, across);
        ScaleView scale =
                ScaleView.below(area, ColourScale.shares(share -> share * map.greatest()));
        return fill("heatmap.svg", new HeatMapView(area, cells, scale), scale.end());
    }

    private record BitmapView(PlotArea area, boolean smooth, String data, ScaleView scale) {}

    private static Painting paint(Bitmap bitmap) {
        Axis across = Axis.between(0, bitmap.width());
        Axis down = Axis.between(0, bitmap.height());
        boolean numbered = bitmap.index() != null;
        String index = numbered ? bitmap.index() : "";
        PlotArea area =
                PlotArea.around(
                        numbered ? PlotArea.labels(down) : List.of(),
                        numbered ? PlotArea.labels(across) : List.of(),
                        index,
                        index);
        area = area.withHeight(area.width() * bitmap.height() / bitmap.width());
        if (numbered) {
            area = area.withTicks(area.rowsFromTop(down), area.columns(across, false));
        }
        ScaleView scale = ScaleView.below(area, bitmap.scale());
        String data = Base64.getEncoder().encodeToString(Png.encode(bitmap.image()));
        return fill(
                "bitmap.svg",
                new BitmapView(area, bitmap.width() > SMOOTH, data, scale),
                scale.end());
    }

    private record ScaleView(List<StepView> steps, List<LabelView> labels, double end) {

        static ScaleView below(PlotArea area, ColourScale scale) {
            double top = area.end() + 4;
            double width = area.width() / scale.colours().size();
            List<StepView> steps = new ArrayList<>();
            for (int colour : scale.colours()) {
                double left = area.left() + steps.size() * width;
                steps.add(new StepView(left, top, width + 0.5, SCALE, Palette.hex(colour)));
            }
            List<LabelView> labels = new ArrayList<>();
            int last = scale.labels().size() - 1;
            for (int i = 0; i <= last; ++i) {
                labels.add(
                        new LabelView(
                                area.left() + area.width() * i / last,
                                top + SCALE + PlotArea.TICK_FONT + 2,
                                i == 0 ? "start" : i == last ? "end" : "middle",
                                scale.labels().get(i)));
            }
            return new ScaleView(steps, labels, top + SCALE_ROW);
        }
    }

    private record StepView(double left, double top, double width, double height, String colour) {}

    private record LabelView(double at, double line, String anchor, String text) {}

    private static Painting fill(String template, Object view, double height) {
        return new Painting(PlotArea.PAINTING, Math.ceil(height), Templates.fill(template, view));
    }
}
