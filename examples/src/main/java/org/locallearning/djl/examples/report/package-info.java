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

/**
 * Pictures and pages made of results: {@code report.html} and {@code curves.png}.
 *
 * <p>A figure is described once, as a {@link org.locallearning.djl.examples.report.Figure}, and
 * painted once, as SVG that pages hold and pictures are made of. Text comes from the templates
 * beside these classes.
 */
package org.locallearning.djl.examples.report;
