/** Evaluators of classifiers beyond those of DJL: precision, recall and F1 over classes. */
package org.locallearning.djl.creditassignment.evaluator;
