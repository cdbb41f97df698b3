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

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.DocumentLimits;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.swing.JComponent;

/** Figures with titles and legends on one sheet, as SVG and as PNG. */
public final class Picture {

    private static final double MARGIN = 20;
    private static final double GAP = 28;
    private static final double HEADING_FONT = 18;
    private static final double TITLE_FONT = 15;
    private static final double TEXT_FONT = 13;
    private static final double LINE = 1.35;
    private static final double SWATCH = 26;
    private static final double SWATCH_GAP = 7;
    private static final double ENTRY_GAP = 18;
    private static final int MOST_COLUMNS = 3;
    private static final int PNG_SCALE = 2;

    /** The default bound on elements is for documents of strangers; a scatter plot has more. */
    private static final DocumentLimits OWN_LIMITS =
            new DocumentLimits(
                    DocumentLimits.DEFAULT_MAX_NESTING_DEPTH,
                    DocumentLimits.DEFAULT_MAX_USE_NESTING_DEPTH,
                    Integer.MAX_VALUE);

    private final List<TextView> texts = new ArrayList<>();
    private final List<PaintingView> paintings = new ArrayList<>();
    private final List<SwatchView> swatches = new ArrayList<>();
    private final double width;
    private double y = MARGIN;

    private Picture(List<Panels> groups) {
        int columns = groups.stream().mapToInt(Picture::columns).max().orElse(1);
        width = 2 * MARGIN + columns * (PlotArea.PAINTING + GAP) - GAP;
        groups.forEach(this::place);
    }

    private record TextView(String kind, double x, double y, String text) {}

    private record PaintingView(double x, double y, String body) {}

    private record SwatchView(double x, double y, Figure.LegendEntry entry) {}

    private record View(
            double width,
            double height,
            boolean adaptive,
            List<Palette.Variable> light,
            List<Palette.Variable> dark,
            List<TextView> texts,
            List<PaintingView> paintings,
            List<SwatchView> swatches) {}

    /**
     * Draws figures for a document whose page may be light or dark.
     *
     * @param groups the figures
     * @return the content of an SVG file
     */
    static String svg(List<Panels> groups) {
        return new Picture(groups).fill(true);
    }

    /**
     * Draws figures on a light page.
     *
     * @param groups the figures
     * @return the content of a PNG file
     * @throws FontsMissingException if this Java has no fonts to write with
     */
    static byte[] png(List<Panels> groups) throws FontsMissingException {
        Picture picture = new Picture(groups);
        try {
            return Png.encode(picture.raster(Palette.resolve(picture.fill(false))));
        } catch (RuntimeException | LinkageError | InternalError e) {
            // Java without fonts or font libraries fails in any of these ways, first here and then,
            // once its classes could not be initialised, in others
            if (FontsMissingException.isCauseOf(e)) {
                throw new FontsMissingException(e);
            }
            throw e;
        }
    }

    private static int columns(Panels group) {
        int most = group.columns() == 0 ? MOST_COLUMNS : group.columns();
        return Math.min(most, group.figures().size());
    }

    private void place(Panels group) {
        int columns = columns(group);
        if (!group.heading().isEmpty()) {
            y += write("heading", group.heading(), HEADING_FONT, MARGIN, y, width - 2 * MARGIN);
        }
        if (!group.sharedLegend().isEmpty()) {
            y += legend(group.sharedLegend(), MARGIN, y, width - 2 * MARGIN) + SWATCH_GAP;
        }
        for (int first = 0; first < group.figures().size(); first += columns) {
            int last = Math.min(first + columns, group.figures().size());
            List<Figure> row = group.figures().subList(first, last);
            double captions = 0;
            for (int i = 0; i < row.size(); ++i) {
                captions = Math.max(captions, caption(row.get(i), x(i)));
            }
            double bottom = 0;
            for (int i = 0; i < row.size(); ++i) {
                Painting painting = Painter.paint(row.get(i));
                paintings.add(new PaintingView(x(i), y + captions, painting.body()));
                double end = y + captions + painting.height() + SWATCH_GAP;
                bottom =
                        Math.max(
                                bottom,
                                end
                                        + legend(
                                                group.ownLegend(row.get(i)),
                                                x(i),
                                                end,
                                                PlotArea.PAINTING));
            }
            y = bottom + MARGIN;
        }
    }

    private static double x(int column) {
        return MARGIN + column * (PlotArea.PAINTING + GAP);
    }

    private double caption(Figure figure, double x) {
        double title = write("title", figure.title(), TITLE_FONT, x, y, PlotArea.PAINTING);
        return title + write("remark", figure.remark(), TEXT_FONT, x, y + title, PlotArea.PAINTING);
    }

    /** Writes lines of text, and returns the room they take. */
    private double write(String kind, String text, double font, double x, double top, double room) {
        if (text.isEmpty()) {
            return 0;
        }
        List<String> lines = TextSize.wrap(text, font, room);
        for (int i = 0; i < lines.size(); ++i) {
            texts.add(new TextView(kind, x, top + font + i * LINE * font, lines.get(i)));
        }
        return lines.size() * LINE * font + SWATCH_GAP;
    }

    /** Places the entries of a legend in rows, and returns the room they take. */
    private double legend(List<Figure.LegendEntry> entries, double x, double top, double room) {
        double line = LINE * TEXT_FONT;
        double left = x;
        double middle = top + line / 2;
        for (Figure.LegendEntry entry : entries) {
            double sample = entry.hasSample() ? SWATCH + SWATCH_GAP : 0;
            double end = left + sample + TextSize.width(entry.name(), TEXT_FONT);
            if (end > x + room && left > x) {
                left = x;
                middle += line;
                end = left + sample + TextSize.width(entry.name(), TEXT_FONT);
            }
            if (entry.hasSample()) {
                swatches.add(new SwatchView(left + SWATCH / 2, middle, entry));
            }
            texts.add(new TextView("entry", left + sample, middle + TEXT_FONT / 3, entry.name()));
            left = end + ENTRY_GAP;
        }
        return entries.isEmpty() ? 0 : middle + line / 2 - top;
    }

    private String fill(boolean adaptive) {
        return Templates.fill(
                "picture.svg",
                new View(
                        width,
                        y,
                        adaptive,
                        Palette.light(),
                        Palette.dark(),
                        texts,
                        paintings,
                        swatches));
    }

    private BufferedImage raster(String svg) {
        // pictures within the picture are read without temporary files, too
        ImageIO.setUseCache(false);
        InputStream in = new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8));
        LoaderContext context = LoaderContext.builder().documentLimits(OWN_LIMITS).build();
        SVGDocument document = new SVGLoader().load(in, null, context);
        if (document == null) {
            throw new IllegalStateException("The picture cannot be drawn from its SVG.");
        }
        BufferedImage image =
                new BufferedImage(
                        (int) Math.ceil(PNG_SCALE * width),
                        (int) Math.ceil(PNG_SCALE * y),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(
                RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(PNG_SCALE, PNG_SCALE);
        document.render((JComponent) null, graphics);
        graphics.dispose();
        return image;
    }
}
