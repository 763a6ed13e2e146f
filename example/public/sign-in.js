/** Says why the visitor is back at the sign-in. */

const messages = {
  password: 'This user name and password do not fit.',
  wait: 'Too many wrong passwords. Wait a minute, then try again.',
};
const message = messages[new URLSearchParams(location.search).get('problem')];
if (message) {
  const problem = document.getElementById('problem');
  problem.textContent = message;
  problem.hidden = false;
}
