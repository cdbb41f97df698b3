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
 *   <li>{@code layer}: the maths of each kind of layer, and the table of known blocks
 *   <li>{@code tape}: runs a block tree in pieces and sends errors back through it
 *   <li>{@code loss}: the losses of single samples, for rules that need them
 *   <li>{@code rule}: the rules, one small class each
 *   <li>{@code representation}: recursive local representation alignment, a rule in several parts
 *   <li>{@code optimizer}: what is done to gradients on their way to the optimizer
 *   <li>{@code checkpoint}: training that stops and goes on
 *   <li>{@code alignment}: how far a rule's gradient is from backpropagation's
 *   <li>{@code engine}: what only the PyTorch engine can do
 * </ul>
 */
package org.locallearning.djl.creditassignment;
