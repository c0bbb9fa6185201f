"""Clean the HTML of posts: sanitize it, and prepare its pictures, frames and links."""
