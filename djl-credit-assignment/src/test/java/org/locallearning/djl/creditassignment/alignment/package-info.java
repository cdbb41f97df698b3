/** Tests of alignment with backpropagation. */
package org.locallearning.djl.creditassignment.alignment;
