/** Tests of layer maths. */
package org.locallearning.djl.creditassignment.layer;
