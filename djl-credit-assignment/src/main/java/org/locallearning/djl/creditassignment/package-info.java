/**
 * The trainer that lets a learning rule take the place of backpropagation.
 *
 * <p>{@link org.locallearning.djl.creditassignment.CreditAssignment} is a rule: {@code
 * rule.newTrainer(model, config)} in place of {@code model.newTrainer(config)} is all that a
 * program has to change. The trainer knows no rule. It records a {@link
 * org.locallearning.djl.creditassignment.tape.Tape} of every training forward, lets any DJL loss
 * leave its gradient at the predictions, and hands both to the rule.
 *
 * <ul>
 *   <li>{@link org.locallearning.djl.creditassignment.layer}: the maths of each kind of layer, and
 *       the table of known blocks
 *   <li>{@link org.locallearning.djl.creditassignment.tape}: runs a block tree in pieces and sends
 *       errors back through it
 *   <li>{@link org.locallearning.djl.creditassignment.loss}: losses of single samples, for rules
 *       that need them
 *   <li>{@link org.locallearning.djl.creditassignment.rule}: the rules, one small class each
 *   <li>{@link org.locallearning.djl.creditassignment.lra}: recursive local representation
 *       alignment, a rule in several parts
 *   <li>{@link org.locallearning.djl.creditassignment.alignment}: how far a rule's gradient is from
 *       backpropagation's
 *   <li>{@link org.locallearning.djl.creditassignment.checkpoint}: training that stops and resumes
 *       exactly
 *   <li>{@link org.locallearning.djl.creditassignment.provenance}: the record of what trained a
 *       model
 *   <li>{@link org.locallearning.djl.creditassignment.optimizer}: what is done to gradients on
 *       their way to the optimizer
 *   <li>{@link org.locallearning.djl.creditassignment.evaluator}: precision, recall and F1
 *   <li>{@link org.locallearning.djl.creditassignment.transform}: image transforms that are fitted
 *       on a training set
 *   <li>{@link org.locallearning.djl.creditassignment.pseudoconv}: pseudo-convolutions and the
 *       residual net built of them
 *   <li>{@link org.locallearning.djl.creditassignment.convolutional}: locally connected layers
 *   <li>{@link org.locallearning.djl.creditassignment.device}: a check of what a device does to
 *       numbers
 * </ul>
 */
package org.locallearning.djl.creditassignment;
