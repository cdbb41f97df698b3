/** How far a rule's gradients, and its feedback weights, are from backpropagation's. */
package org.locallearning.djl.creditassignment.alignment;
