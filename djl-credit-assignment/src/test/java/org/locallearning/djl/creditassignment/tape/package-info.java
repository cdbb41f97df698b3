/** Tests of the tape. */
package org.locallearning.djl.creditassignment.tape;
